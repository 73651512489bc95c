"""Kinds of nodes for what numpy and scipy have beyond plain arrays; for pandas see `labels`."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.labels import PANDAS_READERS, PANDAS_WRITERS
from jupyter_mvt.capture.declarative.policy import Undeclarable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["SCIENCE_READERS", "science_writer", "science_writers"]

_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_COMPRESSED = ("data", "indices", "indptr")
_ARRAYS = {"csr": _COMPRESSED, "csc": _COMPRESSED, "bsr": _COMPRESSED,
           "coo": ("data", "row", "col"), "dia": ("data", "offsets")}  # fmt: skip
_ENTRIES = ("lil", "dok")
_MOST_ROWS = 10_000_000
_SPARSE = tuple(f"{form}_{kind}" for form in (*_ARRAYS, *_ENTRIES) for kind in ("matrix", "array"))


def science_writer(value: Any) -> Write | None:
    """Return a writer for a value of scipy or pandas, importing neither."""
    module, name = type(value).__module__, type(value).__name__
    if module.startswith("scipy.sparse.") and name in _SPARSE:
        return _write_sparse
    if module.startswith("scipy.stats.") and name.startswith("rv_") and "frozen" in name:
        return _write_frozen
    if module == "scipy.interpolate._bsplines" and name == "BSpline":
        return _write_spline
    if module.partition(".")[0] == "pandas":
        return PANDAS_WRITERS.get(name)
    return None


def _write_random_state(encoder: Encoder, value: Any, path: str) -> Node:
    # Its position moves with every use, also by others: kept, but no part of the identity.
    encoder.fixed(["random"])
    state = value.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        raise Undeclarable(path, f"a RandomState of {state['bit_generator']}")
    key = np.asarray(state["state"]["key"], "<u4").tobytes().hex()
    return ["random", key, state["state"]["pos"], state["has_gauss"], state["gauss"]]


def _read_random_state(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    _, key, position, has_gauss, gauss = node
    content = bytes.fromhex(key)
    if len(content) != 624 * 4 or type(position) is not int or not 0 <= position <= 624:
        refuse("the position of a random generator is out of range")
    state = np.random.RandomState(0)
    numbers = np.frombuffer(content, "<u4").astype(np.uint32)
    state.set_state(("MT19937", numbers, position, int(has_gauss), float(gauss)))
    return state


def _write_generator(encoder: Encoder, value: Any, path: str) -> Node:
    encoder.fixed(["generator"])
    bits = value.bit_generator
    name = type(bits).__name__
    if name not in _GENERATORS or type(bits).__module__.partition(".")[0] != "numpy":
        raise Undeclarable(path, f"a random generator of {name}")
    seed = getattr(bits.seed_seq, "state", None)
    encoder.volatile, before = True, encoder.volatile
    try:
        return ["generator", name, encoder.value(bits.state, path), encoder.value(seed, path)]
    finally:
        encoder.volatile = before


def _read_generator(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, name, state, seed = node
    if name not in _GENERATORS:
        refuse("a random generator is unknown")
    sown = decoder.value(seed)
    source = None if sown is None else np.random.SeedSequence(**sown)
    bits = getattr(np.random, name)(source)
    bits.state = decoder.value(state)
    return np.random.Generator(bits)


def _write_sparse(encoder: Encoder, value: Any, path: str) -> Node:
    if value.ndim != 2:
        raise Undeclarable(path, "a sparse array that is no matrix")
    if value.format in _ENTRIES and value.shape[0] > _MOST_ROWS:
        raise Undeclarable(path, f"a sparse matrix with {value.shape[0]} lists")
    # What is built entry by entry has no arrays of its own.
    held = value.tocoo() if value.format in _ENTRIES else value
    stored = [encoder.value(getattr(held, name), f"{path}.{name}") for name in _ARRAYS[held.format]]
    return ["sparse", type(value).__name__, [int(size) for size in value.shape], stored]


def _read_sparse(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, name, shape, stored = node
    if name not in _SPARSE or len(shape) != 2:
        refuse("a sparse matrix is of an unknown form")
    form, kind = name.split("_")
    built = "coo" if form in _ENTRIES else form
    arrays = decoder.values(stored)
    many = {"bsr": 3, "dia": 2}.get(form, 1)
    sound = all(isinstance(array, np.ndarray) for array in arrays)
    if not sound or [array.ndim for array in arrays] != [many, *[1] * (len(_ARRAYS[built]) - 1)]:
        refuse("a sparse matrix lacks its arrays")
    given = (arrays[0], tuple(arrays[1:])) if built == "coo" else tuple(arrays)
    size = tuple(int(length) for length in shape)
    if form in _ENTRIES and size[0] > _MOST_ROWS:
        refuse("a sparse matrix has more rows than it may")  # each takes memory, even empty
    matrix = getattr(import_module("scipy.sparse"), f"{built}_{kind}")(
        given, shape=size, copy=False
    )
    if hasattr(matrix, "check_format"):
        matrix.check_format(full_check=True)
    return matrix if form == built else matrix.asformat(form)


def _write_frozen(encoder: Encoder, value: Any, path: str) -> Node:
    name = getattr(value.dist, "name", None)
    known = getattr(sys.modules.get("scipy.stats"), str(name), None)
    if type(known) is not type(value.dist):
        raise Undeclarable(path, "a distribution that is none of scipy's own")
    return ["distribution", name, encoder.values(value.args, path),
            encoder.value(value.kwds, path)]  # fmt: skip


def _read_frozen(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, name, arguments, keywords = node
    stats = import_module("scipy.stats")
    family = getattr(stats, name, None) if name in getattr(stats, "__all__", ()) else None
    if not isinstance(family, (stats.rv_continuous, stats.rv_discrete)):
        refuse("a distribution is unknown")
    return family(*decoder.values(arguments), **decoder.value(keywords))


def _write_spline(encoder: Encoder, value: Any, path: str) -> Node:
    arrays = [encoder.value(array, f"{path}.{n}") for n, array in (("t", value.t), ("c", value.c))]
    return ["spline", *arrays, int(value.k), encoder.value(value.extrapolate, path), value.axis]


def _read_spline(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, knots, coefficients, degree, extrapolate, axis = node
    # The constructor checks what the compiled code believes.
    spline = import_module("scipy.interpolate").BSpline
    return spline(
        decoder.value(knots), decoder.value(coefficients), degree, decoder.value(extrapolate), axis
    )


def _write_masked(encoder: Encoder, value: Any, path: str) -> Node:
    given = np.ma.getmask(value) is not np.ma.nomask
    mask = np.ma.getmaskarray(value) if given else None
    node = ["masked", encoder.value(value.data, path), encoder.value(mask, f"{path}.mask"),
            encoder.value(value.fill_value, f"{path}.fill_value")]  # fmt: skip
    return [*node, True] if value.hardmask else node


def _read_masked(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    data, mask, fill, *hard = decoder.values(node[1:])
    covers = np.ma.nomask if mask is None else mask
    return np.ma.MaskedArray(data, mask=covers, fill_value=fill, hard_mask=bool(hard))


def science_writers() -> Mapping[type, Write]:
    """Return the writers of types that numpy itself imports only on use."""
    return {
        np.ma.MaskedArray: _write_masked,
        np.random.RandomState: _write_random_state,
        np.random.Generator: _write_generator,
    }


SCIENCE_READERS: Mapping[str, Read] = {
    "masked": _read_masked,
    "random": _read_random_state,
    "generator": _read_generator,
    "sparse": _read_sparse,
    "distribution": _read_frozen,
    **PANDAS_READERS,
    "spline": _read_spline,
}
