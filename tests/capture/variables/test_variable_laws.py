"""What names share they share again; what does not tell is refused in words; forgeries too."""

from __future__ import annotations

import copy
import json
import random
import sqlite3
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from jupyter_mvt.capture.sharing import groups
from jupyter_mvt.capture.variables.kept import restore_variables, take_variables
from jupyter_mvt.capture.variables.sizes import size_of
from jupyter_mvt.errors import MvtError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.ids import digest
from tests.capture.test_sharing import Reader, back, stored
from tests.capture.values import CASES, made, told


class Own:
    """A class that no list has."""


class Odd:
    """Whatever is asked of it fails."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __reduce_ex__(self, protocol: int) -> Any:
        raise RuntimeError("no")


def test_tensors_of_several_names_are_one_memory_again():
    base = torch.arange(12.0).reshape(3, 4)
    names = {"base": base, "row": base[1], "t": base.T, "box": {"again": base}, "alone": base + 1}
    found, drafts, notes = back(names)
    assert notes == ()
    assert {draft.state_kind for draft in drafts} == {"declarative"}
    assert found["box"]["again"] is found["base"]
    found["base"][1, 0] = -1
    assert (found["row"][0], found["t"][0, 1], found["alone"][1, 0]) == (-1, -1, 5)
    assert sum(part.nbytes for part in drafts[0].bundle.parts) == base.nbytes


def test_an_array_and_the_tensors_of_its_memory_are_one_memory_again():
    array = np.arange(12.0).reshape(3, 4)
    names = {"array": array, "tensor": torch.from_numpy(array), "part": torch.from_numpy(array[1]),
             "view": array[:, 1], "other": torch.zeros(3)}  # fmt: skip
    names["numbers"] = names["other"].numpy()
    assert groups(names) == [("array", "tensor", "part", "view"), ("other", "numbers")]
    found, drafts, _ = back(names)
    assert {name: told(value) for name, value in found.items()} == {
        name: told(value) for name, value in names.items()
    }
    found["tensor"][1, 1] = -1.0
    assert (found["array"][1, 1], found["part"][1], found["view"][1]) == (-1, -1, -1)
    found["numbers"][2] = 7.0
    assert found["other"].tolist() == [0, 0, 7]
    sizes = {draft.name: sum(part.nbytes for part in draft.bundle.parts) for draft in drafts}
    assert (sizes["array"], sizes["other"]) == (96, 12)


def test_what_an_estimator_learned_is_shared_with_its_name():
    scaler = StandardScaler().fit(np.arange(8.0).reshape(4, 2))
    found, drafts, _ = back({"scaler": scaler, "mean": scaler.mean_, "first": scaler.mean_[:1]})
    assert [draft.state_kind for draft in drafts] == ["declarative"] * 3
    found["mean"][0] = 100.0
    assert (found["scaler"].mean_[0], found["first"][0]) == (100, 100)


def test_tuples_are_one_again_however_often_they_are_held():
    pair: Any = (torch.ones(1), 2)
    deep = pair
    for _ in range(60):
        deep = (deep, deep)
    found, drafts, _ = back({"deep": deep, "pair": pair})
    assert drafts[0].state_kind == "declarative"
    inner = found["deep"]
    for _ in range(60):
        assert inner[0] is inner[1]
        inner = inner[0]
    assert inner is found["pair"]


def test_a_tuple_that_holds_itself_is_left_to_pickle():
    loop: Any = ([], torch.ones(1))
    loop[0].append(loop)
    found, drafts, _ = back({"loop": loop}, trusted=True)
    assert drafts[0].state_kind == "pickle"
    assert found["loop"][0][0] is found["loop"]


def test_a_lazily_conjugated_tensor_stays_a_view():
    wave = torch.tensor([1 + 2j, 3 - 1j])
    found = back({"wave": wave, "mirror": wave.conj(), "minus": wave.conj().imag})[0]
    assert found["mirror"].is_conj()
    assert found["minus"].is_neg()
    found["wave"][0] = 5 + 6j
    assert found["mirror"][0].item() == 5 - 6j
    assert found["minus"][0].item() == -6


SLICES = st.tuples(
    st.integers(0, 5), st.integers(1, 6), st.integers(1, 3), st.booleans(), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SLICES, min_size=1, max_size=5), st.integers(0, 5), st.sampled_from("fdi"))
def test_a_write_through_one_is_seen_by_the_same_others(slices, place, kind):
    base = np.arange(6).astype(kind)
    names: dict[str, Any] = {"base": base}
    for number, (start, stop, step, tensor, backwards) in enumerate(slices):
        view = base[start:stop:step]
        if tensor:
            names[f"v{number}"] = torch.from_numpy(view)
        else:
            names[f"v{number}"] = view[::-1] if backwards else view
    names["module"] = torch.nn.Identity()
    found, _, notes = back(names)
    assert notes == ()
    base[place] = 99
    found["base"][place] = 99
    del names["module"]
    assert {name: told(found[name]) for name in names} == {
        name: told(value) for name, value in names.items()
    }


def test_the_model_and_its_optimizer_are_one_again():
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    found, drafts, _ = back({"model": model, "optimizer": optimizer, "weight": model.weight})
    assert [draft.state_kind for draft in drafts] == ["declarative"] * 3
    assert found["optimizer"].param_groups[0]["params"][0] is found["model"].weight
    assert found["weight"] is found["model"].weight
    before = found["weight"].clone()
    found["model"](torch.ones(1, 2)).sum().backward()
    found["optimizer"].step()
    assert not torch.equal(found["weight"], before)


def test_every_kind_tells_its_size():
    sizes = {name: size_of(made(name)) for name in CASES}
    assert all(type(size) is int for size in sizes.values())
    assert sizes["tensor torch.float64"] == 4 * 6 * 8
    assert sizes["expanded"] == 4
    assert sizes["coo"] == 2 * 4 * 8 + 4 * 4
    assert sizes["csr"] == 5 * 8 + 4 * 8 + 4 * 4
    assert sizes["mkldnn"] == 4 * 6 * 4
    assert sizes["forest"] > 1000
    assert size_of(sp.eye(5).tocsr()) >= 5 * 8
    assert size_of(torch.nn.parameter.UninitializedParameter()) == 0
    assert size_of(Odd()) == 0
    assert size_of([Odd, 1, "four"]) == 28


def refusals() -> dict[str, Any]:
    with torch._subclasses.FakeTensorMode():
        fake = torch.empty(3, device="cuda")
    return {"fake": fake, "odd": Odd(), "mixed": [torch.ones(2), sqlite3.connect(":memory:")]}


def test_what_cannot_be_kept_is_named_and_the_others_are_kept():
    names = {**refusals(), "meta": torch.empty(2, device="meta"), "ok": torch.ones(2)}
    drafts, notes = take_variables(names, list(names))
    names["mixed"][1].close()
    kept = {draft.name: draft.state_kind for draft in drafts}
    assert kept == {"meta": "pickle", "ok": "declarative"}
    said = {note.about: note.text for note in notes}
    assert list(said) == ["fake", "odd", "mixed", "meta"]
    assert said["fake"] == (
        "The tensor 'fake' cannot be kept: it only pretends to be on cuda:0 and has no content."
    )
    assert said["odd"] == "The Odd cannot be kept: it cannot be pickled (RuntimeError: no)."
    assert said["mixed"] == (
        "The list cannot be kept: its attribute '1' cannot be pickled "
        "(TypeError: cannot pickle 'sqlite3.Connection' object)."
    )
    assert said["meta"] == "a torch.Tensor is kept as a pickle: restoring it runs code"


def test_a_tensor_of_a_class_of_its_own_is_a_flagged_pickle():
    mine = torch.ones(2).as_subclass(type("Mine", (torch.Tensor,), {}))
    drafts, notes = take_variables({"mine": mine, "own": Own()}, ["mine", "own"])
    assert [draft.state_kind for draft in drafts] == ["pickle", "pickle"]
    assert [note.kind for note in notes] == ["warning", "warning"]


FORGED = ["expanded", "conj view", "coo", "csr", "by channel", "nested", "mkldnn", "batch",
          "any texts", "texts or nan", "records", "masked", "sparse csr_matrix", "splits",
          "default dict", "queue", "zoned", "named zone", "exact", "paths", "config", "scaler",
          "words", "shared"]  # fmt: skip
WORDS = [None, -1, 0, 3, 1 << 62, 1.5, "", "x", "object", "os:system", [0], [999], [-1], [], {},
         [[1 << 40]], True]  # fmt: skip


def value_of(name: str) -> dict[str, Any]:
    if name != "shared":
        return {"v": made(name)}
    array = np.arange(6.0)
    return {"v": {"array": array, "tensor": torch.from_numpy(array), "part": array[2:4]}}


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return every place in a state where something else could stand."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(item, (dict, list)):
            places(item, found)
    return found


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.filterwarnings("ignore")
def test_a_forged_state_is_refused_or_harmless(name):
    drafts, _ = take_variables(value_of(name), ["v"])
    (draft,) = drafts
    assert draft.state_kind == "declarative"
    state = decode(draft.state)
    chance = random.Random(name)
    for _ in range(120):
        forged = copy.deepcopy(state)
        holder, key = chance.choice(places(forged, []))
        holder[key] = chance.choice(WORDS)
        reader = Reader(drafts)
        content = encode(forged)
        reader.states = {digest(draft.state): content}
        try:
            restore_variables(reader, stored(drafts))
        except MvtError as error:
            assert error.message
            assert json.dumps(error.code)


def test_rows_that_nothing_is_stored_of_are_not_made():
    drafts, _ = take_variables({"v": sp.lil_matrix((3, 3))}, ["v"])
    state = decode(drafts[0].state)
    node = next(node for node in state["nodes"] if node[0] == "sparse")
    node[2] = [1 << 40, 3]
    reader = Reader(drafts)
    reader.states = {digest(drafts[0].state): encode(state)}
    with pytest.raises(MvtError) as refused:
        restore_variables(reader, stored(drafts))
    assert refused.value.message == (
        "What is stored is not sound: a sparse matrix has more rows than it may."
    )


def test_arrays_that_are_shorter_than_promised_are_refused():
    drafts, _ = take_variables(value_of("shared"), ["v"])
    for offset in (48, 41, -8):
        state = decode(drafts[0].state)
        node = next(node for node in state["nodes"] if node[0] == "view")
        node[5] = offset
        reader = Reader(drafts)
        reader.states = {digest(drafts[0].state): encode(state)}
        with pytest.raises(MvtError) as refused:
            restore_variables(reader, stored(drafts))
        assert refused.value.code == "corrupt-state"
