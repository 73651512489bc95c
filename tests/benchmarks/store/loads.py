"""How long a version takes to come back, each time in a new process, and what packing costs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from time import process_time
from typing import TYPE_CHECKING

from jupyter_mvt.store.codecs import Keyframe, encode
from tests.benchmarks.store.contenders import Ours
from tests.benchmarks.store.models import change_all, of_size
from tests.benchmarks.timing import fresh, printed

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Loads", "encoding", "measure_loads", "packed", "packing"]

_CLOCK = "from time import perf_counter; t = perf_counter(); "
# What a restore imports is imported before the clock starts, as torch is for `torch.load`.
_OPEN = (
    "import torch, jupyter_mvt as mvt; repo = mvt.open({folder!r}); "
    "import jupyter_mvt.api.restoring, jupyter_mvt.api.version, jupyter_mvt.capture.restore; "
    "import jupyter_mvt.capture.adapters.torch.adapter, jupyter_mvt.capture.adapters.torch.freeze; "
)
_PEAK = (
    "import re, pathlib; "
    "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', "
    "pathlib.Path('/proc/self/status').read_text())[1]) * 1024; "
)
_CHUNK = 1 << 20
_ONE_CORE = "import os; os.sched_setaffinity(0, {0}); "


@dataclass(frozen=True, slots=True)
class Loads:
    """Seconds and bytes for a model of one size.

    Attributes
    ----------
    size
        Bytes of the model.
    torch, hot, packed
        Seconds of `torch.load`, and of restoring a version as committed and as packed.
    packing, unpacking
        Bytes a second, on one core.
    commit_extra, restore_extra
        Peak memory of a commit and of a restore beyond the model, in bytes.
    """

    size: int
    torch: float
    hot: float
    packed: float
    packing: float
    unpacking: float
    commit_extra: int
    restore_extra: int


def packed(ours: Ours) -> None:
    """Encode every version, those that are in use too, and free what that replaced."""
    ours.repo.gc(pack="all", grace_days=0)


def measure_loads(folder: Path, size: int, rounds: int) -> Loads:
    """Measure two versions, a step of training apart."""
    import torch

    folder.mkdir(parents=True)
    model, saved, ours = of_size(size), folder / "saved.pt", Ours(folder / "ours")
    nbytes = sum(p.numel() * p.element_size() for p in model.parameters())
    ours.keep(model, saved)
    change_all(model)
    ours.keep(model, saved)
    torch.save(model.state_dict(), saved)
    place = str(ours.folder)
    restore = _OPEN.format(folder=place) + _CLOCK + "net = repo['HEAD'].load(); "
    done = "print(perf_counter() - t)"
    statements = {
        "torch": f"import torch; {_CLOCK}s = torch.load({str(saved)!r}); {done}",
        "hot": restore + done,
    }
    times = fresh(statements, rounds)
    commit_extra, restore_extra = _memory(folder, place, size)
    speed = packing(ours, 2 * nbytes)
    times |= fresh(
        {"packed": restore + done, "unpacking": _ONE_CORE + restore + done, **_only(statements)},
        rounds,
    )
    return Loads(
        size=nbytes,
        torch=times["torch"],
        hot=times["hot"],
        packed=times["packed"],
        packing=speed,
        unpacking=nbytes / times["unpacking"],
        commit_extra=commit_extra,
        restore_extra=restore_extra,
    )


def _only(statements: dict[str, str]) -> dict[str, str]:
    """Measure `torch.load` again beside the packed restore."""
    return {"torch": statements["torch"]}


def packing(ours: Ours, nbytes: int) -> float:
    """Return the bytes of versions of `nbytes` together that are packed in a second of a core.

    Reading, verifying, choosing, encoding, proving and writing are part of it.
    """
    statement = (
        _ONE_CORE + _OPEN.format(folder=str(ours.folder)) + "from jupyter_mvt.store.packer import "
        "pack; from time import process_time; begun = process_time(); "
        "pack(repo._handle.store, everything=True, grace_us=0, threads=1); "
        "print(process_time() - begun)"
    )
    return nbytes / printed(statement)


def encoding(versions: list[memoryview], item: int) -> float:
    """Return the bytes a second at which one core encodes all but the first of some versions.

    Choosing the encoding and proving that it can be undone are part of it; reading, verifying and
    writing are not.
    """
    first, *rest = versions
    places = [slice(at, at + _CHUNK) for at in range(0, len(first), _CHUNK)]
    frames = [Keyframe(bytes(32), first[place]) for place in places]
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    begin = process_time()
    for version in rest:
        for place, frame in zip(places, frames, strict=True):
            encode(version[place], item, [frame])
    taken = process_time() - begin
    os.sched_setaffinity(0, cores)
    return sum(map(len, rest)) / taken


def _memory(folder: Path, place: str, size: int) -> tuple[int, int]:
    """Return the peak extra bytes of a commit of every weight, and of a restore."""
    made = (
        f"from tests.benchmarks.store.models import of_size; net = of_size({size}); "
        "n = sum(p.numel() * p.element_size() for p in net.parameters()); "
    )
    memory = folder / "memory"
    memory.mkdir()
    new = f"repo = mvt.init({str(memory)!r}); "
    first = (
        f"import torch, jupyter_mvt as mvt; {_PEAK}{made}{new}repo.commit(torch.nn.Linear(9, 9)); "
    )
    commit = int(printed(f"{first}b = peak(); repo.commit(net); print(peak() - b)"))
    small = (
        f"import torch, jupyter_mvt as mvt; {_PEAK}small = mvt.open({str(memory)!r}); "
        "x = small['v1'].load(); "
    )
    nbytes = "n = sum(p.numel() * p.element_size() for p in net.parameters()); "
    restore = (
        f"{small}repo = mvt.open({place!r}); b = peak(); net = repo['HEAD'].load(); {nbytes}"
        "print(peak() - b - n)"
    )
    return commit, int(printed(restore))
