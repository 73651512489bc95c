"""A repository of hostile versions: each field that somebody could believe holds a trap."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jupyter_mvt as mvt
from jupyter_mvt.history.commit import Draft, commit
from jupyter_mvt.objects.cellrun import CellRun
from jupyter_mvt.objects.commit import Note, Param
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.ids import digest
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.snapshot import Bundle, ModelDraft, Snapshot, VariableDraft
from jupyter_mvt.store.snapshot import write_snapshot
from jupyter_mvt.store.writer import begin


class Runs:
    """Unpickling this writes the file `proof`."""

    def __init__(self, call: object, *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[object, ...]:
        return self.call, self.arguments


def packed(program: bytes) -> bytes:
    """Return a pickle as the store keeps it."""
    header = encode({"buffers": []})
    return b"mvt-pickle/1\n" + len(header).to_bytes(8, "little") + header + program


def model(**fields: object) -> ModelDraft:
    plain = ModelDraft(
        var="clf", role="predictor", primary=True, adapter="pickled/1", framework="pickle",
        cls="builtins.eval", params=(), bundle=Bundle(), state=b"{}", state_kind="declarative",
        state_identity=digest(b"s"), arch=digest(b"a"), n_weights=0,
    )  # fmt: skip
    return replace(plain, **fields)


def payloads(proof: str) -> Iterator[tuple[str, Snapshot]]:
    """Yield kind of payload and the snapshot that carries it."""
    code = f"open({proof!r}, 'w')"
    shell = f"touch {proof}"
    pickles = {
        "reduce open": pickle.dumps(Runs(open, proof, "w")),
        "reduce exec": pickle.dumps(Runs(exec, code)),
        "global os.system": f"cos\nsystem\n(S'{shell}'\ntR.".encode(),
        "inst": f"(S'{shell}'\nios\nsystem\n.".encode(),
        "nested eval": pickle.dumps(Runs(eval, f"__import__('pathlib').Path({proof!r}).touch()")),
        "cut short": pickle.dumps(Runs(exec, code))[:-1],
    }
    for kind, program in pickles.items():
        drafts = (model(state=packed(program), state_kind="pickle"),)
        yield f"pickle: {kind}", Snapshot(models=drafts)
        yield f"variable: {kind}", Snapshot(variables=(
            VariableDraft(name="v", type="builtins.eval", state_kind="pickle",
                          state=packed(program), bundle=Bundle()),))  # fmt: skip
    source = f"import os\n{code}\nclass Net:\n    pass\n"
    graph = {"format": 1, "root": 0, "nodes": [{"c": "code:__main__.Net"}]}
    for adapter in ("torch/1", "sklearn/1"):
        draft = model(adapter=adapter, state=encode(graph), code_refs=(("__main__.Net", source),))
        yield f"source text in {adapter}", Snapshot(models=(draft,))
        for name in ("os:system", "import:antigravity:Net", "builtins:eval", "builtins:exec"):
            state = encode({"format": 1, "root": 0, "nodes": [{"c": name, "a": [shell]}]})
            yield f"{name} in {adapter}", Snapshot(models=(model(adapter=adapter, state=state),))
    yield "adapter by name", Snapshot(models=(model(adapter="os:system/1"),))
    yield (
        "pickle said to be data",
        Snapshot(models=(model(adapter="sklearn/1", state=packed(pickles["reduce exec"])),)),
    )
    words = f"{{__import__('os').system({shell!r})}} $({shell}) `{shell}` %(x)s {{0.__class__}}"
    yaml = f"!!python/object/apply:os.system ['{shell}']"
    yield "words", Snapshot(
        cells=(CellRun(order=1, source=f"!{shell}\n{code}", reads=(words,), writes=(yaml,)),
               CellRun(order=2, source=f"%%bash\n{shell}")),
        params=(Param(name=words, value=yaml), Param(name="p", value=code)),
        metrics=(Metric(name=f"m'); copy (select 1) to '{proof}'; --"[:120], value=1.0),),
        notes=(Note(kind="warning", about=words, text=yaml),),
        environment=Environment(python=words, implementation=yaml, platform=code, machine="",
                                cpus=1, packages={words: yaml, "pip": code}),
    )  # fmt: skip


def build(root: Path, proof: str) -> list[str]:
    """Make a repository in `root` with one version a payload; return their kinds."""
    repo = mvt.init(root)
    kinds = []
    for kind, snapshot in payloads(proof):
        with begin(repo._handle.store) as pack:
            ranked = (*snapshot.metrics, Metric(name="accuracy", value=0.5))
            content = write_snapshot(pack, replace(snapshot, metrics=ranked))
            receipt = pack.publish()
        commit(repo._handle, Draft(content=content, message=kind, packs=receipt.packs))
        kinds.append(kind)
    repo.labels.move("production", "v1")
    repo.labels.move("production", "v2")
    # Nothing in the working folder is a hook or a module.
    for name in ("hooks", "config", "conftest.py", "sitecustomize.py", "numpy.py"):
        (root / name).write_text(f"open({proof!r}, 'w')\n", "utf-8")
    return kinds
