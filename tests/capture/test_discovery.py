"""The model that changed last is meant; an explicit name always wins."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from jupyter_mvt.capture.discovery import Other, choose, given, named, optimizer_of
from jupyter_mvt.capture.watch import models_in
from jupyter_mvt.errors import AmbiguousError, CaptureError

X = "X = np.ones((4, 2))"


def chosen(kernel, **options):
    choice = choose(kernel.namespace, kernel.log, **options)
    return [candidate.name for candidate in choice.chosen], choice.why


def test_the_one_trained_last_wins(kernel):
    kernel.run(X).run("b = Toy().fit(X)").run("a = Toy().fit(X)")
    assert chosen(kernel) == (["a"], "changed last, in cell 3")
    kernel.run("b.fit(X)")
    choice = choose(kernel.namespace, kernel.log)
    assert choice.primary.name == "b"
    assert choice.alternatives == (Other("a", "changed earlier, in cell 3"),)


def test_a_change_without_any_training_statement_counts(kernel):
    kernel.run(X).run("b = Toy().fit(X)\n").run("a = Toy().fit(X)").run("b.depth = 9")
    assert chosen(kernel) == (["b"], "changed last, in cell 4")


def test_cells_run_out_of_order(kernel):
    first, second = "one = Toy().fit(X)", "two = Toy().fit(X)"
    kernel.run(X).run(first).run(second).run(first)
    assert chosen(kernel)[0] == ["one"]


def test_two_trained_in_one_cell_the_last_statement_wins(kernel):
    kernel.run(X).run("aa = Toy()\nbb = Toy()\nbb.fit(X)\naa.fit(X)")
    assert chosen(kernel) == (["aa"], "trained last, in cell 2")


def test_fit_inside_a_function(kernel):
    kernel.run(X).run("def train(m, data):\n    m.fit(data)").run("old = Toy().fit(X)")
    kernel.run("new = Toy()\ntrain(new, X)")
    assert chosen(kernel)[0] == ["new"]


def test_unfitted_loss_and_transformers_rank_low(kernel):
    kernel.run(X).run("clf = Toy().fit(X)")
    kernel.run("later = Toy()\nscaler = ToyScaler().fit(X)\nloss = ToyLoss().fit(X)")
    choice = choose(kernel.namespace, kernel.log)
    assert [candidate.name for candidate in choice.chosen] == ["clf"]
    assert choice.alternatives == (
        Other("later", "not fitted"),
        Other("scaler", "only transforms data"),
    )


def test_a_transformer_alone_is_a_model(kernel):
    kernel.run(X).run("scaler = ToyScaler().fit(X)")
    assert chosen(kernel)[0] == ["scaler"]


def test_what_is_inside_ranks_below_what_holds_it(kernel):
    kernel.run(X).run("inner = Toy()\npipe = Toy(inner)\npipe.fit(X)")
    choice = choose(kernel.namespace, kernel.log)
    assert [candidate.name for candidate in choice.chosen] == ["pipe"]
    assert choice.alternatives == (Other("inner", "holds or is part of pipe"),)


def test_what_was_taken_out_on_purpose_wins(kernel):
    kernel.run(X).run("grid = Toy(Toy())\ngrid.fit(X)\nmodel = grid.parts[0]")
    assert chosen(kernel)[0] == ["model"]
    kernel.run("grid.fit(X)")
    assert chosen(kernel)[0] == ["grid"]


def test_what_was_trained_by_its_own_name_later_wins(kernel):
    kernel.run(X).run("grid = Toy(Toy())\ngrid.fit(X)").run("clf = grid.parts[0]")
    kernel.run("clf.fit(X)")
    assert chosen(kernel)[0] == ["clf"]
    kernel.run("pipe = Toy(clf)\npipe.fit(X)")
    assert chosen(kernel)[0] == ["pipe"]


def test_what_is_built_in_a_loop_is_not_taken_out_by_a_mention_of_its_holder(kernel):
    kernel.run(X).run(
        "for depth in (1, 2):\n    last = Toy()\n    pipe = Toy(last)\n    pipe.fit(X)\n"
        "    y = pipe.score(X, None)"
    )
    assert chosen(kernel)[0] == ["pipe"]


def test_an_alias_is_one_model(kernel):
    kernel.run(X).run("clf = Toy().fit(X)").run("best_model = clf")
    choice = choose(kernel.namespace, kernel.log)
    assert len(choice.chosen) == 1
    assert choice.alternatives == ()


def test_a_model_in_a_dict(kernel):
    kernel.run(X).run("models = {'rf': Toy().fit(X)}")
    choice = choose(kernel.namespace, kernel.log)
    assert [candidate.name for candidate in choice.chosen] == ["models[rf]"]
    again = named(kernel.namespace, ["models[rf]"], kernel.log)
    assert again.primary.obj is kernel.namespace["models"]["rf"]


LOOP = "models = {'rf': Toy(), 'lr': Toy()}\nfor m in models.values():\n    m.fit(X)"


def test_a_loop_over_models_is_ambiguous_for_a_person(kernel):
    kernel.run(X).run(LOOP)
    with pytest.raises(AmbiguousError) as raised:
        choose(kernel.namespace, kernel.log, interactive=True)
    assert raised.value.lines() == [
        "AmbiguousError [ambiguous-model]: Several models could be meant: models[rf], models[lr].",
        "Hint: mvt commit models[rf]",
    ]


def test_with_nobody_to_ask_all_are_taken_with_one_primary(kernel):
    kernel.run(X).run(LOOP)
    choice = choose(kernel.namespace, kernel.log)
    assert choice.guessed
    assert [candidate.name for candidate in choice.chosen] == ["models[rf]", "models[lr]"]


def test_names_break_ties_only(toy):
    fit = toy.Toy().fit
    namespace = {
        "thing": fit([[1]]),
        "model": toy.Toy().fit([[1]]),
        "old_model": toy.Toy().fit([[1]]),
    }
    choice = choose(namespace)
    assert choice.primary.name == "model"
    assert choice.why == "of several that changed together, its name fits best"


def test_no_model_and_unfitted(kernel):
    kernel.run(X)
    with pytest.raises(CaptureError) as none:
        choose(kernel.namespace, kernel.log)
    assert none.value.lines() == [
        "CaptureError [no-model]: No model was found in this session.",
        "Hint: mvt commit model",
    ]
    kernel.run("clf = Toy()")
    with pytest.raises(CaptureError) as unfitted:
        choose(kernel.namespace, kernel.log)
    assert unfitted.value.lines() == [
        "CaptureError [unfitted]: 'clf' (Toy) has not been fitted.",
        "Hint: clf.fit(X_train, y_train)",
    ]


def test_an_explicit_name_wins_and_is_checked(kernel):
    kernel.run(X).run("a = Toy().fit(X)\nb = Toy().fit(X)\nraw = Toy()")
    assert named(kernel.namespace, ["a"], kernel.log).primary.name == "a"
    for name, code in (("raw", "unfitted"), ("X", "no-model"), ("nope", "unknown-variable")):
        with pytest.raises(CaptureError) as raised:
            named(kernel.namespace, [name], kernel.log)
        assert raised.value.code == code


@pytest.mark.parametrize(
    ("models", "told", "hint"),
    [
        ({}, "No model was named: the mapping of names to models is empty.", "repo.commit(model)"),
        ({"s": {}}, "'s' is a dict, which is no model that mvt can keep.", "mvt status"),
        ({"s": []}, "'s' is a list, which is no model that mvt can keep.", "mvt status"),
        ({"s": 3}, "'s' is an int, which is no model that mvt can keep.",
         "repo.commit(model, params={'s': s})"),
    ],
)  # fmt: skip
def test_what_is_no_model_is_refused_with_how_to_keep_it(models, told, hint):
    with pytest.raises(CaptureError) as raised:
        given(models, None)
    assert raised.value.lines() == [f"CaptureError [no-model]: {told}", f"Hint: {hint}"]


@pytest.mark.parametrize("held", [np.ones(3), {"a": np.ones(3)}, {"a": 1}, [np.ones(2)]])
def test_what_is_named_is_meant_and_nobody_looks_for_it(held):
    (candidate,) = given({"w": held}, None).chosen
    assert (candidate.name, candidate.adapter.name, candidate.role) == ("w", "pickled", "params")
    assert candidate.obj is held
    with pytest.raises(CaptureError, match="No model was found in this session"):
        choose({"w": held})


class Hostile:
    """Raises whenever it is looked at closely."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __eq__(self, other):
        raise RuntimeError("eq")

    __hash__ = None

    def __bool__(self):
        raise RuntimeError("bool")

    def __len__(self):
        raise RuntimeError("len")

    def __repr__(self):
        raise RuntimeError("repr")


def test_hostile_neighbours_do_no_harm(kernel, toy, monkeypatch):
    class Exploding(toy.Toy):
        @property
        def steps(self):
            raise RuntimeError("steps")

        @steps.setter
        def steps(self, value):
            pass

    kernel.namespace |= {
        "evil": Hostile(),
        "generator": (i for i in range(3)),
        "lam": lambda x: x,
        "db": sqlite3.connect(":memory:"),
        "boom": Exploding(),
        "evils": [Hostile(), Hostile()],
        "by_key": {Hostile: 1, 3: Hostile()},
        "_private": Hostile(),
    }
    kernel.run(X).run("clf = Toy().fit(X)")
    assert chosen(kernel)[0] == ["clf"]
    assert next(kernel.namespace["generator"]) == 0
    kernel.namespace["db"].close()


def test_a_model_that_cannot_be_asked_is_named(kernel, toy, monkeypatch):
    def broken(self, obj):
        if obj.depth == 13:
            raise RuntimeError("no")
        return obj.weights is not None

    monkeypatch.setattr(toy.adapter, "is_fitted", broken)
    kernel.run(X).run("bad = Toy(depth=13)\nclf = Toy().fit(X)")
    choice = choose(kernel.namespace, kernel.log)
    assert choice.primary.name == "clf"
    assert choice.alternatives == (Other("bad", "cannot be looked at: RuntimeError"),)


def test_the_optimizer_of_a_model_is_found_by_its_parameters(kernel):
    kernel.run(X).run("net = Toy().fit(X)\nother = Toy()").run(
        "opt2 = ToyOptimizer(other)\nopt = ToyOptimizer(net)"
    )
    candidate = named(kernel.namespace, ["net"], kernel.log).primary
    assert optimizer_of(candidate, kernel.namespace).name == "opt"


def test_a_method_given_later_makes_a_model_of_its_class():
    space = {"__name__": "__main__"}
    exec("class Rule:\n    pass\nrule = Rule()", space)
    names = {"rule": space["rule"], "array": np.zeros(3)}
    assert list(models_in(names)) == []
    space["Rule"].predict = lambda self, X: X
    assert [seen.name for seen in models_in(names)] == ["rule"]


HELD = {
    "exp.model": "class Exp:\n    pass\nexp = Exp()\nexp.model = Toy().fit(X)",
    "exp._model": "class Exp:\n    def run(self):\n        self._model = Toy().fit(X)\n"
    "exp = Exp()\nexp.run()",
    "exp.inner.net": "class Exp:\n    pass\nexp = Exp()\nexp.inner = Exp()\n"
    "exp.inner.net = Toy().fit(X)",
    "exp.models[best]": "class Exp:\n    pass\nexp = Exp()\nexp.models = {'best': Toy().fit(X)}",
    "slim.model": "class Slim:\n    __slots__ = ('model', 'none')\nslim = Slim()\n"
    "slim.model = Toy().fit(X)",
    "place.model": "import types\nplace = types.SimpleNamespace(model=Toy().fit(X))",
    "folds[0].model": "class Exp:\n    pass\nfolds = [Exp()]\nfolds[0].model = Toy().fit(X)",
    "ordered[a]": "import collections\nordered = collections.OrderedDict(a=Toy().fit(X))",
    "Settings.model": "class Settings:\n    model = Toy().fit(X)",
    "ask.clf": "def make():\n    clf = Toy().fit(X)\n    return lambda x: clf\nask = make()",
    "ask.__self__": "ask = Toy().fit(X).fit",
}


@pytest.fixture
def session(kernel):
    """Return a session whose classes are of the notebook's module, as IPython's are."""
    kernel.namespace["__name__"] = "__main__"
    return kernel


@pytest.mark.parametrize("name", HELD)
def test_a_model_that_an_object_holds_goes_by_its_path(session, name):
    session.run(X).run(HELD[name])
    assert chosen(session) == ([name], "changed last, in cell 2")
    held = choose(session.namespace, session.log).primary.obj
    assert named(session.namespace, [name], session.log).primary.obj is held


def test_what_an_object_holds_is_seen_to_change(session):
    session.run(X).run("class Exp:\n    def __init__(self):\n        self.model = Toy()")
    session.run("exp = Exp()\nexp.model.fit(X)").run("clf = Toy().fit(X)")
    assert chosen(session)[0] == ["clf"]
    session.run("exp.model.depth = 7")
    assert chosen(session) == (["exp.model"], "changed last, in cell 5")


def test_a_variable_comes_before_what_an_object_holds(session):
    session.run(X).run("class Best:\n    pass")
    session.run("clf = Toy().fit(X)\nbest = Best()\nbest.model = Toy().fit(X)")
    choice = choose(session.namespace, session.log)
    assert [candidate.name for candidate in choice.chosen] == ["clf"]
    assert choice.alternatives == (Other("best.model", "held by another object"),)
    session.run("best.model = clf").run("clf.depth = 3")
    assert chosen(session)[0] == ["clf"]


def test_what_a_trainer_of_it_trained_keeps_its_own_name(session):
    session.run(X).run("class Coach:\n    def __init__(self, model):\n        self.model = model\n"
                       "    def train(self):\n        self.model.fit(X)")  # fmt: skip
    session.run("net = Toy()").run("trainer = Coach(net)\ndone = trainer.train()")
    assert chosen(session) == (["net"], "changed last, in cell 4")


def test_an_object_is_looked_into_without_running_its_code(session):
    session.run(X).run(
        "class Odd:\n    def __init__(self): self.__dict__['model'] = Toy().fit(X)\n"
        "    def __getattr__(self, name): raise RuntimeError(name)\n"
        "    @property\n    def net(self): raise RuntimeError('net')\nodd = Odd()"
    )
    assert chosen(session)[0] == ["odd.model"]


def test_objects_that_hold_each_other_end(session):
    session.run(X).run("class Node:\n    pass\na = Node()\nb = Node()\na.other, b.other = b, a")
    session.run("a.model = Toy().fit(X)")
    assert chosen(session)[0] == ["a.model"]


def test_a_result_without_a_name_is_told_of(kernel):
    kernel.run(X).run("Toy().fit(X)")
    with pytest.raises(CaptureError) as lost:
        choose(kernel.namespace, kernel.log)
    assert lost.value.lines() == [
        "CaptureError [no-model]: No variable holds a model: what Toy().fit(X) returned was not "
        "kept.",
        "Hint: model = Toy().fit(X)  # then: mvt commit",
    ]
    model = kernel.namespace["Toy"]().fit(np.ones((4, 2)))
    kernel.namespace.update({"Out": {2: model}, "_2": model})
    with pytest.raises(CaptureError) as shown:
        choose(kernel.namespace, kernel.log)
    assert shown.value.lines() == [
        "CaptureError [no-model]: No variable holds a model; Out[2] is one (Toy).",
        "Hint: mvt commit _2",
    ]
    assert named(kernel.namespace, ["_2"], kernel.log).primary.obj is model
