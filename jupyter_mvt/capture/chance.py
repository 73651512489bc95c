"""The states of random number generators: read, written down, put back.

Only generators of packages that the user has imported are looked at.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from jupyter_mvt.errors import CorruptionError
from jupyter_mvt.objects.encode import decode, encode

__all__ = ["drew", "put_back", "states", "written"]


def states(before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return generator → its state, to be compared with `drew` and kept with `written`.

    Parameters
    ----------
    before
        An earlier answer, to spare reading a generator that surely has not moved.
    """
    found: dict[str, Any] = {"python": random.getstate()}
    for name, (module, read) in _READERS.items():
        if module in sys.modules:
            # A package that is only half imported, or of a foreign build, has no state yet.
            with suppress(Exception):
                found[name] = read(sys.modules[module], (before or {}).get(name))
    return found


def drew(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether a generator moved; one that was imported in between has."""
    return any(
        name not in before or not _same(before[name], state) for name, state in after.items()
    )


@lru_cache(maxsize=8)
def written(name: str, state: Any) -> bytes:
    """Return a state as bytes for `put_back`."""
    if name == "python":
        version, words, gauss = state
        return encode({"version": version, "words": list(words), "gauss": gauss})
    if name == "numpy":
        keys, position, has_gauss, cached, _ = state
        words = memoryview(keys).cast("I").tolist()
        return encode({"words": words, "position": position, "has_gauss": has_gauss,
                       "cached": cached})  # fmt: skip
    return bytes(state)


def put_back(name: str, data: bytes) -> bool:
    """Set a generator to a state; ``False`` when its package is not imported here.

    Raises
    ------
    CorruptionError
        `data` is no state (code ``corrupt-rng``).
    """
    try:
        return _PUT[name](data) if name in _PUT else False
    except (TypeError, ValueError, KeyError, RuntimeError, OverflowError) as error:
        msg = f"The stored state of the random numbers of {name} cannot be used."
        raise CorruptionError(msg, hint="mvt fsck", code="corrupt-rng") from error


def _same(one: Any, other: Any) -> bool:
    return bool(one == other)


def _numpy(numpy: Any, before: Any) -> tuple[bytes, int, int, float, bytes]:
    # Asking numpy costs more than all else here; its memory tells whether it moved. Only a
    # second half of a pair of normal numbers, kept elsewhere, can be used up without a trace.
    import ctypes

    module = numpy.random
    address = module.get_bit_generator().ctypes.state_address
    memory = ctypes.string_at(address, _WORDS * 4 + 4)
    if before is not None and not before[2] and before[4] == memory:
        return before  # type: ignore[no-any-return]
    kind, keys, position, has_gauss, cached = module.get_state()
    if kind != "MT19937":
        raise ValueError(kind)
    return keys.astype("<u4").tobytes(), int(position), int(has_gauss), float(cached), memory


def _torch(module: Any, before: Any) -> bytes:
    data: bytes = module.get_rng_state().numpy().tobytes()
    return before if before == data else data


def _cuda(module: Any, before: Any) -> bytes:
    # Asking starts the driver, which takes seconds and memory: only where the user has.
    if not module.is_initialized():
        raise ValueError
    states = [bytes(state.cpu().numpy()) for state in module.get_rng_state_all()]
    data = b"".join(len(state).to_bytes(4, "little") + state for state in states)
    return before if before == data else data


def _tensorflow(module: Any, before: Any) -> bytes:
    # Asking for a global generator would make one: only where the user has.
    generator = module.global_generator
    if generator is None:
        raise ValueError
    data = encode({"algorithm": int(generator.algorithm),
                   "words": [int(word) for word in generator.state.numpy()]})  # fmt: skip
    return before if before == data else data


def _put_tensorflow(data: bytes) -> bool:
    tensorflow: Any = sys.modules.get("tensorflow")
    if tensorflow is None:
        return False
    state, random = decode(data), tensorflow.random
    made = random.Generator.from_state(state["words"], state["algorithm"])
    random.set_global_generator(made)
    return True


def _keras(module: Any, before: Any) -> bytes:
    # Asking by Keras' own function would make one, and draw a number of Python's for it.
    generator = module.global_state.get_global_attribute(module.GLOBAL_SEED_GENERATOR)
    if generator is None:
        raise ValueError
    words = generator.state.value
    words = words.tolist() if hasattr(words, "tolist") else words.numpy().tolist()
    data = encode({"words": words})
    return before if before == data else data


def _put_keras(data: bytes) -> bool:
    module: Any = sys.modules.get(_KERAS)
    if module is None:
        return False
    words = decode(data)["words"]
    if len(words) != 2:
        raise ValueError(words)
    generator = module.global_state.get_global_attribute(module.GLOBAL_SEED_GENERATOR)
    if generator is None:
        generator = module.SeedGenerator(seed=0)
        module.global_state.set_global_attribute(module.GLOBAL_SEED_GENERATOR, generator)
    generator.state.assign(words)
    return True


def _put_cuda(data: bytes) -> bool:
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return False
    states, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        state = data[at + 4 : at + 4 + size]
        if not size or len(state) != size:
            raise ValueError(size)
        states.append(torch.frombuffer(bytearray(state), dtype=torch.uint8))
        at += 4 + size
    if len(states) != torch.cuda.device_count():
        # Another machine: which of its devices drew is not known.
        return False
    torch.cuda.set_rng_state_all(states)
    return True


def _put_python(data: bytes) -> bool:
    state = decode(data)
    random.setstate((state["version"], tuple(state["words"]), state["gauss"]))
    return True


def _put_numpy(data: bytes) -> bool:
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return False
    state = decode(data)
    words = numpy.array(state["words"], "u4")
    numpy.random.set_state(
        ("MT19937", words, state["position"], state["has_gauss"], state["cached"])
    )
    return True


def _put_torch(data: bytes) -> bool:
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return False
    torch.set_rng_state(torch.frombuffer(bytearray(data), dtype=torch.uint8))
    return True


_WORDS = 624
_KERAS = "keras.src.random.seed_generator"
_READERS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "numpy": ("numpy", _numpy),
    "torch": ("torch.random", _torch),
    "torch.cuda": ("torch.cuda", _cuda),
    "tensorflow": ("tensorflow.python.ops.stateful_random_ops", _tensorflow),
    "keras": (_KERAS, _keras),
}
_PUT: dict[str, Callable[[bytes], bool]] = {
    "python": _put_python,
    "numpy": _put_numpy,
    "torch": _put_torch,
    "torch.cuda": _put_cuda,
    "tensorflow": _put_tensorflow,
    "keras": _put_keras,
}
