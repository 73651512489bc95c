"""Statements that made a model, and none of the others; whatever is left out did not matter."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mvt.capture.cells import observe
from jupyter_mvt.capture.slices.lines import plain_lines
from tests.capture.conftest import Kernel


def made(kernel, *names, upto=None):
    """Return run → text of the lines that made `names`."""
    found = kernel.log.made(names, upto)
    texts = {}
    for order, spans in found.items():
        lines = kernel.log.entry(order).source.split("\n")
        texts[order] = "\n".join("\n".join(lines[a - 1 : b]) for a, b in spans)
    return texts


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """What can be seen must not hang on how busy the machine is."""
    monkeypatch.setattr(observe, "_SECONDS", 5.0)


@pytest.fixture
def session():
    return Kernel(np=np, __name__="__main__")


def test_statements_that_do_not_matter_are_left_out(session):
    session.run("a = 1\nunused = 2\nb = a + 1").run("print(b)\nc = [b]\nprint(c)\nd = 5")
    assert made(session, "c") == {1: "a = 1\nb = a + 1", 2: "c = [b]"}


def test_looking_changes_nothing_and_methods_may(session):
    session.run("x = np.array([3.0, 1.0])").run("x.mean()\nx.sort()\nx.sum()").run("y = x + 1")
    assert made(session, "y") == {1: "x = np.array([3.0, 1.0])", 2: "x.sort()", 3: "y = x + 1"}


def test_what_was_seen_unchanged_is_left_out(session):
    session.run("x = [1, 2]\ndef look(v):\n    return len(v)").run("n = look(x)").run("y = x * 2")
    assert made(session, "y") == {1: "x = [1, 2]", 3: "y = x * 2"}


def test_a_change_that_is_taken_back_within_a_cell_still_matters_there(session):
    session.run("x = [1]").run("x.append(2)\ny = len(x)\nx.pop()").run("z = x")
    assert made(session, "y") == {1: "x = [1]", 2: "x.append(2)\ny = len(x)"}
    assert made(session, "z") == {1: "x = [1]", 3: "z = x"}


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (["x = [1]", "y = x", "y.append(2)"], "x"),
        (["x = [1]", "d = {'k': x}", "d['k'].append(2)"], "x"),
        (["x = [1]", "d = {}\nd['k'] = x", "for v in d.values():\n    v.append(3)"], "x"),
        (["x = [1]\nz = [x]", "x = 5", "z[0].append(2)"], "z"),
        (["x = np.zeros(3)", "v = x[:2]", "v[:] = 7"], "x"),
        (["x = [1]", "def f():\n    x.append(2)", "f()"], "x"),
        (["x = 1", "def f():\n    global x\n    x = 2", "f()"], "x"),
        (["x = 1", "f = lambda: x", "x = 2", "y = f()"], "y"),
        (["it = iter(range(9))", "first = list(it)[:2]", "rest = list(it)"], "rest"),
        (["x = [3, 1]", "globals()['x'] = [7]"], "x"),
        (["x = [3, 1]", "exec('x.append(4)')"], "x"),
        (["x = [1]", "class Box:\n    def __init__(self, v):\n        self.v = v",
          "b = Box(x)", "b.v.append(3)"], "x"),
        (["xs = [[1], [2]]", "[v.append(0) for v in xs]"], "xs"),
        (["import random", "r = random.Random(3)", "a = r.sample(range(9), 2)",
          "b = r.random()"], "b"),
    ],
)  # fmt: skip
def test_running_the_slice_again_gives_the_same(session, cells, name):
    for cell in cells:
        session.run(cell)
    again = {"np": np}
    for text in made(session, name).values():
        exec(text, again)
    assert repr(again[name]) == repr(session.namespace[name])


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (["x = [1]", "def f():\n    y = x\n    y.append(2)", "f()"], "x"),
        (["x = [1]", "def f(v):\n    w = v\n    w.append(2)", "f(x)"], "x"),
        (["x = [1]", "def f(v):\n    return v", "y = f(x)\ny.append(2)"], "x"),
        (["x = [1]", "def f(v):\n    return {'k': [v]}", "y = f(x)", "y['k'][0].append(2)"], "x"),
        (["k = []", "x = [1]", "def f(v):\n    k.append(v)", "f(x)", "k[0].append(2)"], "x"),
        (["x, y = [1], []", "def f(a, b):\n    b.append(a)", "f(x, y)", "y[0].append(3)"], "x"),
        (["x, y = [1], []", "def f(a, b):\n    b.append(a)", "f(b=y, a=x)", "y[0].append(3)"], "x"),
        (["x = [1]", "def f(*args, **words):\n    args[0].append(2)", "f(x)"], "x"),
        (["x = [1]", "def f(*, v):\n    v.append(2)", "f(**{'v': x})"], "x"),
        (["x = [1]", "def g(v):\n    v.append(2)", "def f(v):\n    g(v)", "f(x)"], "x"),
        (["x = [1]", "def f(v, n):\n    v.append(n)\n    n and f(v, n - 1)", "f(x, 3)"], "x"),
        (["x = [1]", "def f(g, v):\n    g(v)", "def h(v):\n    v.append(2)", "f(h, x)"], "x"),
        (["x = [1]", "def f(v):\n    def g():\n        v.append(2)\n    return g",
          "g = f(x)", "g()"], "x"),
        (["x = [1]", "add = x.append", "add(2)"], "x"),
        (["x = [1]", "def f(v):\n    v = list(v)\n    v.append(2)\n    return v", "y = f(x)"], "y"),
        (["x = [1]", "def f(v):\n    pass", "def f(v):\n    v.append(2)", "f(x)"], "x"),
        (["x = [1]", "def f(v):\n    for w in [v]:\n        w.append(2)", "f(x)"], "x"),
        (["x = [1]", "def f(v):\n    yield v", "for w in f(x):\n    w.append(2)"], "x"),
        (["x = [1]", "box = []", "def f(v):\n    global box\n    box = v", "f(x)\nbox.append(2)"],
         "x"),
    ],
)  # fmt: skip
def test_what_functions_do_to_what_they_are_given_is_followed(session, cells, name):
    for cell in cells:
        session.run(cell)
    again = {"np": np}
    for text in made(session, name).values():
        exec(text, again)
    assert repr(again[name]) == repr(session.namespace[name])


def test_functions_that_only_look_are_left_out(session):
    class Opaque:
        """Nothing can be seen of it from outside."""

        __slots__ = ("n",)

    session.namespace["big"] = Opaque()
    session.run("x = [big]\ndef show(v, title=''):\n    w = [v]\n    print(len(w), title)")
    session.run("show(x, title='t')\nn = show(x)")
    session.run("y = [x, 1]")
    assert made(session, "y") == {1: "x = [big]", 3: "y = [x, 1]"}


def test_drawing_keeps_what_was_drawn_before_in_the_same_cell(session):
    session.run("np.random.seed(0)\nskipped = np.random.rand(3)\nn = 4\nx = np.random.rand(2)")
    assert made(session, "x") == {
        1: "np.random.seed(0)\nskipped = np.random.rand(3)\nx = np.random.rand(2)"
    }


def test_a_failed_cell_counts_as_far_as_it_came(session):
    session.run("x = [1]").run("x.append(2)\n1 / 0\nx.append(3)", fails=True).run("y = list(x)")
    assert made(session, "y") == {1: "x = [1]", 2: "x.append(2)", 3: "y = list(x)"}


def test_magics_are_told_apart(session):
    session.run("x = 2")
    found = session.log.syntax(session.log.entry(1))
    assert [unit.foreign for unit in found.units] == [False]


STATEMENTS = st.sampled_from([
    "a = [1]", "b = a", "b = list(a)", "c = {'a': a, 'b': b}", "a.append(len(b))",
    "b += [5]", "a = a + b", "c['a'].append(7)", "d = len(a)", "b = [d]", "b.reverse()",
    "a = [x + 1 for x in b]", "if d > 2:\n    b = a", "for v in c.values():\n    v.append(d)",
    "c = dict(c)", "del d\nd = 1", "a, b = b, a", "e = [a, b]", "e[0].append(9)", "f(a)",
    "e = e[::-1]", "g()", "h = lambda: len(a)", "d = h()", "def g():\n    b.append(d)",
    "c['b'] = a", "b.sort()", "sorted(b)", "print(end='')", "e = k(a, c)", "k(b, c)",
    "def k(x, y):\n    z = y\n    z['a'] = x\n    return [y['b'], x]",
    "def k(x, y):\n    x = list(x)\n    x.append(4)\n    return [x, a]", "e[1].append(8)",
    "def k(x, y):\n    b.append(len(x))\n    f(y['a'])\n    return [y['a'], b]",
])  # fmt: skip
START = "a, b, c, d, e = [3], [2], {}, 0, [[], []]\ndef f(x):\n    x.append(1)\ndef g():\n    a.append(2)\nh = lambda: d\ndef k(x, y):\n    return [x, y]"  # noqa: E501


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(STATEMENTS, min_size=1, max_size=4), min_size=1, max_size=8),
       st.sampled_from("abcde"))  # fmt: skip
def test_any_slice_gives_the_same_value(cells, name):
    session = Kernel().run(START)
    for cell in cells:
        try:
            session.run("\n".join(cell))
        except AssertionError:
            return  # it failed: another test's matter
    again: dict[str, object] = {}
    for text in made(session, name).values():
        exec(text, again)
    assert again[name] == session.namespace[name], list(itertools.chain(*cells))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%timeit f(x)", "class __mvt_timed__: [[(f(x)) for __mvt_turn__ in range(1)]"
         " for __mvt_turn__ in range(1)]"),
        ("%timeit -n2 -r 3 f(x)", "class __mvt_timed__: [[(f(x)) for __mvt_turn__ in range(2)]"
         " for __mvt_turn__ in range(3)]"),
        ("%timeit x[0] = 4", "class __mvt_timed__: x[0] = 4"),
        ("%%capture --no-stderr out", "out = __mvt_captured__('--no-stderr',)"),
        ("%autoreload 2  # always", "__mvt_reloads__('2')"),
    ],
)  # fmt: skip
def test_what_magics_mean_is_said_in_python(line, said):
    assert plain_lines(line) == [said]
