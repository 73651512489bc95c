"""The kinds of nodes for Python's and numpy's own values: one writer and one reader each."""

from __future__ import annotations

import functools
from collections import Counter, OrderedDict, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.arrays import dtype_name, dtype_of, is_nameable, raw
from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.capture.declarative.policy import Undeclarable
from jupyter_mvt.capture.declarative.subarrays import write_subarray, write_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mvt.capture.declarative.decoder import Decoder, Read
    from jupyter_mvt.capture.declarative.encoder import Encoder, Write

__all__ = ["READERS", "WRITERS", "named", "scalar_of", "wide"]

_NUMBERS = "biuf"
_UNKEPT = "the metadata of a dtype of numpy is not kept"


def wide(dtype: np.dtype[Any]) -> str:
    """Return the dtype's name with its byte order, if that is not little endian."""
    return ">" + dtype_name(dtype) if _is_big(dtype) else dtype_name(dtype)


def _is_big(dtype: np.dtype[Any]) -> bool:
    return dtype != dtype.newbyteorder("<")


def named(name: Any) -> np.dtype[Any]:
    """Return the dtype that `wide` named."""
    if not isinstance(name, str):
        refuse("the name of a dtype is missing")
    if name.startswith(">"):
        return dtype_of(name[1:]).newbyteorder(">")
    return dtype_of(name)


@functools.lru_cache(maxsize=256)
def _dtypes(name: Any) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """Return the dtype of that name, and the same in little endian."""
    return named(name), named(name).newbyteorder("<")


def _write_list(encoder: Encoder, value: Any, path: str) -> Node:
    return ["list", _items(encoder, value, path)]


def _items(encoder: Encoder, value: Any, path: str) -> Sequence[Any]:
    # A list of (name, step) pairs: the names make better paths than numbers.
    if value and all(type(item) is tuple and item and type(item[0]) is str for item in value):
        return [encoder.value(item, f"{path}.{item[0]}") for item in value]
    return encoder.values(value, path)


def _write_tuple(encoder: Encoder, value: Any, path: str) -> Node:
    if value and type(value[0]) is str and path.endswith(value[0]):
        rest = [encoder.value(item, path if n == 1 else f"{path}.{n}")
                for n, item in enumerate(value)]  # fmt: skip
        return ["tuple", rest]
    return ["tuple", encoder.values(value, path)]


def _write_set(encoder: Encoder, value: Any, path: str) -> Node:
    ordered = sorted(value, key=lambda item: (type(item).__name__, repr(item)))
    return [type(value).__name__, encoder.values(ordered, path)]


def _write_dict(encoder: Encoder, value: Any, path: str) -> Node:
    return ["dict", _write_pairs(encoder, value, path)]


def _write_pairs(encoder: Encoder, value: Any, path: str) -> Sequence[Any]:
    pairs = [
        [encoder.value(key, path), encoder.inside(value, str(key), item, path)]
        for key, item in value.items()
    ]
    return pairs or ()  # the same one for all: a module has many tables, and most are empty


def _write_ordered(encoder: Encoder, value: Any, path: str) -> Node:
    if vars(value):
        raise Undeclarable(path, "an ordered dict with attributes")
    return ["ordered", _write_pairs(encoder, value, path)]


def _write_counter(encoder: Encoder, value: Any, path: str) -> Node:
    encoder.lost += [f"the attribute {name!r} of a Counter is not kept" for name in vars(value)]
    return ["counter", _write_pairs(encoder, value, path)]


def _write_defaultdict(encoder: Encoder, value: Any, path: str) -> Node:
    factory = encoder.value(value.default_factory, path)
    return ["defaultdict", _write_pairs(encoder, value, path), factory]


def _write_triple(encoder: Encoder, value: Any, path: str) -> Node:
    three = (value.start, value.stop, value.step)
    return [type(value).__name__, encoder.values(three, path)]


def _write_dots(encoder: Encoder, value: Any, path: str) -> Node:
    del encoder, value, path
    return ["dots"]


def _write_complex(encoder: Encoder, value: complex, path: str) -> Node:
    del encoder, path
    return ["complex", value.real, value.imag]


def _write_bytes(encoder: Encoder, value: Any, path: str) -> Node:
    if len(value) <= 64:
        return [type(value).__name__, value.hex(), None]
    name = encoder.array(np.frombuffer(value, np.uint8), path)
    return [type(value).__name__, None, name]


def _write_partial(encoder: Encoder, value: Any, path: str) -> Node:
    if vars(value):
        raise Undeclarable(path, "a partial function with attributes")
    return ["partial", encoder.value(value.func, path), encoder.values(value.args, path),
            encoder.value(value.keywords, path)]  # fmt: skip


def _write_dtype(encoder: Encoder, value: np.dtype[Any], path: str) -> Node:
    del encoder
    if value.hasobject and value.kind != "O":
        raise Undeclarable(path, "a structured dtype of objects")
    if value.kind != "O":
        _check(value, path)
    return ["dtype", "object" if value.kind == "O" else wide(value)]


def _write_scalar(encoder: Encoder, value: Any, path: str) -> Node:
    if value.dtype.hasobject:
        raise Undeclarable(path, "a numpy scalar that holds objects")
    del encoder
    _check(value.dtype, path)
    if isinstance(value, np.record):
        return ["record", dtype_name(value.dtype), bytes(raw(np.asarray(value))).hex()]
    if value.dtype.kind in _NUMBERS and value.dtype.itemsize <= 8:
        return ["scalar", dtype_name(value.dtype), value.item()]
    return ["scalar", dtype_name(value.dtype), bytes(raw(np.asarray(value))).hex()]


def _write_array(encoder: Encoder, value: Any, path: str) -> Node:
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    if value.dtype.hasobject:
        return _write_objects(encoder, value, path, order)
    _check(value.dtype, path)
    if value.dtype.metadata and _UNKEPT not in encoder.lost:
        encoder.lost.append(_UNKEPT)
    if encoder.is_small(value, path):
        content = bytes(raw(value)).hex()
        return ["inline", wide(value.dtype), list(value.shape), order, content]
    return ["array", encoder.array(value, path), order, _is_big(value.dtype)]


def _check(dtype: np.dtype[Any], path: str) -> None:
    if not is_nameable(dtype):
        raise Undeclarable(path, f"an array of a dtype that no name tells ({str(dtype)[:60]})")


def _write_objects(encoder: Encoder, value: Any, path: str, order: str) -> Node:
    if value.dtype.kind == "T":
        return write_texts(encoder, value, path, order)
    if value.dtype.kind != "O":
        raise Undeclarable(path, "a structured array of objects")
    items = value.ravel(order="C").tolist()
    return ["objects", list(value.shape), order, encoder.values(items, path)]


WRITERS: Mapping[type, Write] = {
    list: _write_list,
    tuple: _write_tuple,
    set: _write_set,
    frozenset: _write_set,
    dict: _write_dict,
    OrderedDict: _write_ordered,
    Counter: _write_counter,
    defaultdict: _write_defaultdict,
    slice: _write_triple,
    range: _write_triple,
    complex: _write_complex,
    type(...): _write_dots,
    bytes: _write_bytes,
    bytearray: _write_bytes,
    functools.partial: _write_partial,
    np.dtype: _write_dtype,
    np.generic: _write_scalar,
    np.ndarray: _write_array,
    np.memmap: _write_array,
    np.matrix: write_subarray,
    np.recarray: write_subarray,
}


def _read_list(decoder: Decoder, node: Node, index: int) -> Any:
    value: list[Any] = []
    decoder.keep(index, value)
    value.extend(decoder.values(node[1]))
    return value


def _read_into(make: Any) -> Read:
    def read(decoder: Decoder, node: Node, index: int) -> Any:
        value = make(decoder, node)
        decoder.keep(index, value)
        for pair in node[1]:
            key, item = decoder.values(pair)
            value[key] = item
        return value

    return read


def _read_sequence(make: Any) -> Read:
    def read(decoder: Decoder, node: Node, index: int) -> Any:
        del index
        return make(decoder.values(node[1]))

    return read


def _read_triple(make: Any) -> Read:
    def read(decoder: Decoder, node: Node, index: int) -> Any:
        del index
        start, stop, step = decoder.values(node[1])
        return make(start, stop, step)

    return read


def _read_bytes(make: Any) -> Read:
    def read(decoder: Decoder, node: Node, index: int) -> Any:
        del index
        _, text, path = node
        return make(bytes.fromhex(text) if path is None else decoder.array(path).tobytes())

    return read


def _read_dots(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, node, index
    return ...


def _read_complex(decoder: Decoder, node: Node, index: int) -> complex:
    del decoder, index
    return complex(node[1], node[2])


def _read_partial(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    function, keywords = decoder.value(node[1]), decoder.value(node[3])
    return functools.partial(function, *decoder.values(node[2]), **keywords)


def _read_name(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    if not isinstance(node[1], str):
        refuse("a name is missing")
    return decoder.resolver.find(node[1])


def _read_dtype(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    return np.dtype(object) if node[1] == "object" else named(node[1])


def _read_scalar(decoder: Decoder, node: Node, index: int) -> Any:
    del decoder, index
    dtype, value = dtype_of(node[1]), node[2]
    if not isinstance(value, str):
        return dtype.type(value)
    content = bytes.fromhex(value)
    if len(content) != dtype.itemsize:
        refuse("a scalar has not the size of its dtype")
    return scalar_of(dtype, content)


def scalar_of(dtype: np.dtype[Any], content: bytes) -> Any:
    """Return the scalar of those bytes; out of an array, text would end before its last zeros."""
    if dtype.kind == "S":
        return np.bytes_(content)
    if dtype.kind == "U":
        return np.str_(content.decode("utf-32-le", "surrogatepass"))
    return np.zeros((), dtype)[()] if not content else np.frombuffer(content, dtype)[0]


def _read_record(decoder: Decoder, node: Node, index: int) -> Any:
    single = np.asarray(_read_scalar(decoder, node, index))
    if single.dtype.names is None:
        refuse("a record has no fields")
    return single.reshape(1).view(np.recarray)[0]


def _read_inline(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, name, shape, order, text = node
    dtype, little = _dtypes(name)
    content = bytes.fromhex(text)
    if not content:
        size = 0 if 0 in shape or dtype.itemsize else 1
        if dtype.itemsize == 0:
            refuse("an array of nothing")
        return np.empty(decoder.shape(shape, size), dtype, order=_order(order))
    if len(content) % little.itemsize:
        refuse("an array has not the size of its dtype")
    flat = np.frombuffer(content, little)
    array = flat.reshape(decoder.shape(shape, flat.size))
    return np.array(array, dtype=dtype, order=_order(order))


def _read_array(decoder: Decoder, node: Node, index: int) -> Any:
    del index
    _, path, order, big = node
    if big or _order(order) == "F":
        return decoder.placed(path, _order(order), big=bool(big))
    return decoder.array(path)


def _read_objects(decoder: Decoder, node: Node, index: int) -> Any:
    _, shape, order, values = node
    if not isinstance(values, list):
        refuse("the content of an array is missing")
    array = np.empty(decoder.shape(shape, len(values)), object, order=_order(order))
    decoder.keep(index, array)
    items = decoder.values(values)
    for place, item in zip(np.ndindex(array.shape), items, strict=True):
        array[place] = item
    return array


def _read_new(decoder: Decoder, node: Node, index: int) -> Any:
    return decoder.new(node[1], node[2], index)


def _read_make(decoder: Decoder, node: Node, index: int) -> Any:
    return decoder.make(node, index)


def _order(order: Any) -> Any:
    if order not in ("C", "F"):
        refuse("a memory order is unknown")
    return order


def _factory(decoder: Decoder, node: Node) -> Any:
    return defaultdict(decoder.value(node[2]))


READERS: Mapping[str, Read] = {
    "list": _read_list,
    "tuple": _read_sequence(tuple),
    "set": _read_sequence(set),
    "frozenset": _read_sequence(frozenset),
    "dict": _read_into(lambda *_: {}),
    "ordered": _read_into(lambda *_: OrderedDict()),
    "counter": _read_into(lambda *_: Counter()),
    "defaultdict": _read_into(_factory),
    "slice": _read_triple(slice),
    "range": _read_triple(range),
    "complex": _read_complex,
    "dots": _read_dots,
    "bytes": _read_bytes(bytes),
    "bytearray": _read_bytes(bytearray),
    "partial": _read_partial,
    "name": _read_name,
    "dtype": _read_dtype,
    "scalar": _read_scalar,
    "record": _read_record,
    "inline": _read_inline,
    "array": _read_array,
    "objects": _read_objects,
    "new": _read_new,
    "make": _read_make,
}
