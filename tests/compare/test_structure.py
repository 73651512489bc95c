import numpy as np
import pytest

from jupyter_mvt.compare.structure import structure
from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.commit import Content
from jupyter_mvt.objects.ids import digest


@pytest.fixture
def lines(make):
    def run(a, b, **given):
        objects = make.Objects()
        left = make.model(objects, state=a, **given)
        right = make.model(objects, state=b, **given)
        base, other = make.pair(Content(models=(left,)), Content(models=(right,)), objects)
        return structure(base, left, other, right)

    return run


def graph(*steps, clf="sklearn.svm:SVC", features=4, c=1.0, trees=2, classes=(0, 1)):
    """Return a pipeline's skeleton as `capture.declarative` writes it."""
    nodes = [["new", 0, [[1], None]], ["list", []]]

    def add(node):
        nodes.append(node)
        return [len(nodes) - 1]

    for name in steps:
        scaler = add(["new", 1, [features]])
        nodes[1][1].append(add(["tuple", [name, scaler]]))
    trees = add(["list", [add(["new", 1, [features]]) for _ in range(trees)]])
    labels = add(["inline", "int64", [2], "C", np.array(classes, "<i8").tobytes().hex()])
    nodes[1][1].append(add(["tuple", ["clf", add(["new", 2, [c, features, trees, labels]])]]))
    layouts = [
        ["sklearn.pipeline:Pipeline", ["steps", "memory"], "1.7"],
        ["sklearn.preprocessing:StandardScaler", ["n_features_in_"], "1.7"],
        [clf, ["C", "n_features_in_", "estimators_", "classes_"], "1.7"],
    ]
    return {"format": "graph/1", "nodes": nodes, "layouts": layouts, "root": [0]}


PARAMS = {"clf__C": 1.0, "steps": None, "memory": None}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (graph(), graph("scaler"), ("steps: + scaler",)),
        (graph("scaler"), graph(), ("steps: \N{MINUS SIGN} scaler",)),
        (graph("a", "b"), graph("b", "a"), ("steps: in another order",)),
        (graph(trees=100), graph(trees=120), ("steps.clf.estimators_ 100 → 120",)),
        (graph(features=4), graph(features=5, trees=2), (
            "steps.clf.n_features_in_ 4 → 5",
        )),
        (graph(classes=(0, 1)), graph(classes=(0, 2)), ("steps.clf.classes_ [0, 1] → [0, 2]",)),
        (graph(), graph(clf="sklearn.svm:NuSVC"), ("steps.clf: SVC → NuSVC",)),
        (graph(c=1.0), graph(c=2.0), ()),
    ],
)  # fmt: skip
def test_pipelines(lines, a, b, expected):
    assert lines(a, b, params=PARAMS) == expected


def test_other_skeletons(lines):
    a = {"format": "x/1", "modules": {"0": "Linear", "1": "ReLU"}, "_private": 1, "training": True}
    b = {"format": "x/1", "modules": {"0": "Linear", "1": "GELU"}, "_private": 2}
    assert lines(a, b) == ("modules.1 ReLU → GELU", "training true → absent")


def test_many_lines_are_cut(lines):
    found = lines({str(i): 0 for i in range(100)}, {str(i): 1 for i in range(100)})
    assert (len(found), found[-1]) == (25, "and 76 more")


def test_modules_of_torch(lines):
    def net(*layers):
        nodes = [["new", 0, [[1], True]], ["ordered", []]]
        for name, size in layers:
            nodes.append(["new", 1, [size]])
            nodes[1][1].append([name, [len(nodes) - 1]])
        layouts = [["code:__main__.Net", ["_modules", "training"], None],
                   ["torch.nn:Linear", ["out_features"], None]]  # fmt: skip
        return {"format": "graph/1", "nodes": nodes, "layouts": layouts, "root": [0]}

    found = lines(net(("a", 8), ("b", 2)), net(("a", 16), ("b", 2), ("c", 2)))
    assert found == ("modules: + c", "a.out_features 8 → 16")


def test_graphs_in_circles(lines):
    loop = {"nodes": [["list", [[0], [0]]]], "layouts": [], "root": [0]}
    wild = {"nodes": [["list", [[99], [-1]]], 7, []], "layouts": None, "root": [0]}
    assert lines(loop, wild) == ()


@pytest.mark.parametrize(
    "node",
    [["new", 5, []], ["new", "x", []], ["inline", "int64", [1], "C", "zz"], ["dict", 7], ["list"]],
)
def test_malformed_graphs_are_corrupt(lines, node):
    with pytest.raises(CorruptionError, match="stored state of a model is not sound"):
        lines({"nodes": [node], "layouts": [], "root": [0]}, {})


def test_a_pickle_is_compared_by_identity_and_not_read(make):
    objects = make.Objects()
    a = make.model(objects, state={"x": 1}, state_kind="pickle")
    b = make.model(objects, state={"x": 2}, state_kind="pickle")
    base, other = make.pair(Content(), Content(), objects)
    assert structure(base, a, other, b) == ("stored as a pickle: differs, not looked into",)
    assert structure(base, a, other, a) == ()
    assert objects.read == []


def test_optimizer_and_source(make):
    objects = make.Objects()
    one, two = digest(b"1"), digest(b"2")
    a = make.model(
        objects, {"w": np.ones(1)}, optimizer=one, code_refs=(("Net", one), ("Old", one))
    )
    b = make.model(
        objects, {"w": np.ones(1)}, optimizer=two, code_refs=(("Net", two), ("New", one))
    )
    base, other = make.pair(Content(), Content(), objects)
    assert structure(base, a, other, b) == (
        "optimizer state changed",
        "code: + New",
        "code: \N{MINUS SIGN} Old",
        "code: Net changed",
    )
