import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.compare.diff import ParamChange, ParamsDiff
from jupyter_mvt.compare.params import diff_params
from jupyter_mvt.objects.commit import Content, Param


def test_whole_value_set_by_hand_first(make):
    objects = make.Objects()
    base = make.model(objects, params={"C": 1.0, "kernel": "rbf"})
    base = Content(
        models=(make.model(objects, var="old", params={"gone": 1, "C": 1.0}),),
        params=(Param(name="seed", value=1), Param(name="auto", value=1, default=True)),
    )
    other = Content(
        models=(make.model(objects, var="new", params={"C": 2.0, "fresh": None}),),
        params=(Param(name="seed", value=2), Param(name="auto", value=2, default=True)),
    )
    assert diff_params(*make.pair(base, other, objects)) == ParamsDiff(
        changes=(
            ParamChange(name="seed", base=1, other=2),
            ParamChange(name="C", scope="new", base=1.0, other=2.0),
            ParamChange(name="fresh", scope="new", presence="added"),
            ParamChange(name="gone", scope="new", base=1, presence="removed"),
            ParamChange(name="auto", base=1, other=2),
        ),
        total=5,
    )


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (math.nan, math.nan, True),
        (0.0, -0.0, True),
        (None, None, True),
        (1, 1.0, False),  # to scikit-learn max_features=1 is one feature, 1.0 all of them
        (True, 1, False),
        (None, "None", False),
    ],
)
def test_what_is_the_same(make, a, b, same):
    contents = [Content(params=(Param(name="p", value=value),)) for value in (a, b)]
    assert (diff_params(*make.pair(*contents)) is None) is same


def test_models_of_another_name_that_are_not_primary_are_not_paired(make):
    objects = make.Objects()
    base = Content(models=(make.model(objects, var="a", params={"x": 1}, primary=False),))
    other = Content(models=(make.model(objects, var="b", params={"x": 1}, primary=False),))
    found = diff_params(*make.pair(base, other, objects))
    assert [(c.scope, c.presence) for c in found.changes] == [("b", "added"), ("a", "removed")]


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3))
params = st.dictionaries(st.sampled_from("abcdef"), scalars)


@settings(deadline=None)
@given(params, params)
def test_law_swap_and_only_what_differs(make, base, other):
    sides = make.pair(
        *(
            Content(params=tuple(Param(name=k, value=v) for k, v in found.items()))
            for found in (base, other)
        )
    )
    there, back = diff_params(*sides), diff_params(*reversed(sides))
    assert diff_params(sides[0], sides[0]) is None
    flip = {"added": "removed", "removed": "added", "changed": "changed"}
    rows = (
        [(c.name, repr(c.base), repr(c.other), c.presence) for c in there.changes] if there else []
    )
    turned = (
        [(c.name, repr(c.other), repr(c.base), flip[c.presence]) for c in back.changes]
        if back
        else []
    )
    assert rows == turned
    assert {row[0] for row in rows} >= base.keys() ^ other.keys()
