"""What a reproduction says about the environment, and the line that brings it back."""

from dataclasses import replace

import pytest

from jupyter_mvt.api.reproduce import Reproduction
from jupyter_mvt.capture.rerun.plan import Outcome
from jupyter_mvt.views import reproduce
from tests.views import samples

HERE = Reproduction(version=samples.ref(6), outcome=Outcome(seconds=1.0), cells=2, lines=5,
                    all_cells=9)  # fmt: skip


def test_the_same_environment_is_said():
    view = reproduce.payload(HERE)
    assert view["text"].endswith(
        "The packages in use are those of then, as far as they were recorded."
    )
    assert view["command"] == ""


def test_another_environment_comes_with_the_line_that_builds_it():
    moved = (("python", "3.10.1", "3.11.7"), ("numpy", "1.26.4", "2.1.0"), ("foo", "1.0", "none"))
    view = reproduce.payload(replace(HERE, environment=moved))
    assert view["text"].endswith(
        "The environment is another than then: python 3.10.1 → 3.11.7, numpy 1.26.4 → 2.1.0, "
        "foo 1.0 → none."
    )
    assert view["command"] == "%pip install numpy==1.26.4 foo==1.0"


@pytest.mark.parametrize(
    ("name", "was"),
    [("--index-url", "1"), ("a b", "1"), ("x", "1; rm"), ("x", "--pre"), ("x", ""),
     ("x@http://evil", "1"), ("x\n!ls", "1")],
)  # fmt: skip
def test_nothing_of_a_stranger_gets_into_the_line(name, was):
    view = reproduce.payload(replace(HERE, environment=((name, was, "2"),)))
    assert view["command"] == ""
