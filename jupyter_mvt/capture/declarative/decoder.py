"""Graph and stored arrays → live object, from classes that the policy admits, or not at all."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from jupyter_mvt.capture.arrays import aligned, array_of, check_entry
from jupyter_mvt.capture.declarative.graph import MAX_DEPTH, Graph, Node, Value, refuse
from jupyter_mvt.capture.placing import placed
from jupyter_mvt.errors import MvtError, RestoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyter_mvt.capture.adapter import Skeleton
    from jupyter_mvt.capture.declarative.policy import Resolver
    from jupyter_mvt.objects.manifest import Entry

__all__ = ["Checks", "Decoder", "Read", "rebuild"]


_PLAIN = frozenset({str, int, float, bool, type(None)})
_LARGE = 64 << 10


class Read(Protocol):
    """Turns one node of a kind into a live value."""

    def __call__(self, decoder: Decoder, node: Node, index: int) -> Any:
        """Return the value; call `Decoder.keep` first if it may hold itself."""
        ...


class Checks(Protocol):
    """What a framework verifies before compiled code sees the values."""

    def before(self, cls: Any, arguments: list[Any], state: Any) -> None:
        """Refuse a call, or a state, that compiled code would believe unseen."""
        ...

    def after(self, value: Any) -> None:
        """Refuse a rebuilt object whose parts do not fit each other."""
        ...


class Decoder:
    """Rebuilds one object.

    Parameters
    ----------
    graph
        What to build.
    skeleton
        The stored arrays.
    resolver
        Finds admitted classes.
    readers
        Kind of node → reader.
    checks
        The framework's verification.
    """

    def __init__(
        self,
        graph: Graph,
        skeleton: Skeleton,
        resolver: Resolver,
        readers: Mapping[str, Read],
        checks: Checks,
    ) -> None:
        self.skeleton = skeleton
        self.resolver = resolver
        self._graph = graph
        self._nodes = graph.nodes
        self._readers = readers
        self._checks = checks
        self._built: dict[int, Any] = {}
        self._open: set[int] = set()
        self._finish: list[Any] = []
        self._memories: dict[str, np.ndarray[Any, Any]] = {}
        self._uses: Counter[int] | None = None

    def build(self) -> Any:
        """Return the root, rebuilt and checked."""
        value = self.value(self._graph.root)
        for built in self._finish:
            self._checks.after(built)
        return value

    def value(self, value: Value) -> Any:
        """Return the live value of a graph value."""
        if not isinstance(value, list):
            if isinstance(value, dict):
                refuse("a mapping stands where a value should")
            return value
        if len(value) != 1 or type(value[0]) is not int or not 0 <= value[0] < len(self._nodes):
            refuse("a reference leads nowhere")
        index = value[0]
        if index in self._built:
            return self._built[index]
        if index in self._open or len(self._open) > MAX_DEPTH:
            refuse("a value holds itself, or is nested too deeply")
        node = self._nodes[index]
        reader = self._readers.get(node[0])
        if reader is None:
            refuse(f"there is no kind of node {node[0][:20]!r}")
        self._open.add(index)
        built = reader(self, node, index)
        self._open.discard(index)
        self._built[index] = built
        return built

    def values(self, values: Any) -> list[Any]:
        """Return several live values."""
        if not isinstance(values, list):
            refuse("a list of values is missing")
        return [item if type(item) in _PLAIN else self.value(item) for item in values]

    def keep(self, index: int, value: Any) -> None:
        """Make a value known before its content is read, so that it may hold itself."""
        self._built[index] = value

    def entry(self, path: Any) -> Entry:
        """Return the description of the stored array at `path`, sizes checked."""
        entry = self._entry(path)
        check_entry(entry)
        return entry

    def _entry(self, path: Any) -> Entry:
        entry = self.skeleton.entries.get(path) if isinstance(path, str) else None
        if entry is None:
            refuse(f"array {str(path)[:60]!r} is not stored")
        return entry

    def array(self, path: Any) -> np.ndarray[Any, Any]:
        """Return the stored array at `path`."""
        # Which checks the sizes, too.
        entry = self._entry(path)
        return array_of(entry, self.skeleton.read(entry))

    def placed(self, path: Any, order: Literal["C", "F"], *, big: bool) -> np.ndarray[Any, Any]:
        """Return the stored array at `path` in another order than that of its content."""
        entry = self._entry(path)
        little = check_entry(entry)
        dtype = little.newbyteorder(">") if big else little
        return placed(self.skeleton.pieces(entry), dtype, entry.shape, order, entry.nbytes)

    def memory(self, path: Any) -> np.ndarray[Any, Any]:
        """Return the bytes stored at `path`, one and the same memory for all that look at it."""
        if path not in self._memories:
            entry = self.entry(path)
            content = self.skeleton.read(entry)
            if content.nbytes != entry.nbytes:
                refuse(f"{path!r} has not its size")
            self._memories[path] = aligned(content)
        return self._memories[path]

    def shape(self, shape: Any, size: int) -> tuple[int, ...]:
        """Return `shape` as a tuple after checking that it holds `size` elements."""
        sound = isinstance(shape, list) and {*map(type, shape)} <= {int}
        sound = sound and min(shape, default=0) >= 0
        if not sound or len(shape) > 32 or prod(shape) != size:
            refuse("a shape does not fit its content")
        return tuple(shape)

    def new(self, number: Any, values: Any, index: int) -> Any:
        """Return an instance made without its constructor, with attributes of a layout."""
        layouts = self._graph.layouts
        if type(number) is not int or not 0 <= number < len(layouts):
            refuse("a layout is missing")
        layout = layouts[number]
        if not isinstance(values, list) or len(values) != len(layout.keys):
            refuse(f"{layout.cls[:60]} has not as many values as attributes")
        cls = self.resolver.find(layout.cls)
        value = _instance(cls, [])
        self.keep(index, value)
        state = dict(zip(layout.keys, self.values(values), strict=True))
        if layout.version is not None:
            state["_sklearn_version"] = layout.version
        if state:
            self._checks.before(cls, [], state)
            _set_state(value, state)
        self._finish.append(value)
        return value

    def make(self, node: Node, index: int) -> Any:
        """Return the result of a constructor of the list, with state and items."""
        _, name, new, arguments, state, items, pairs = node
        function = self.resolver.find(name)
        given = self.values(arguments)
        self._checks.before(function, given, None)
        value = _instance(function, given) if new else function(*given)
        self.keep(index, value)
        live = self.value(state)
        if live is not None:
            self._checks.before(type(value), given, live)
            _set_state(value, live)
            self._let_go(state, live)
        if items is not None:
            value.extend(self.values(items))
        for pair in pairs or ():
            key, item = self.values(pair)
            value[key] = item
        self._finish.append(value)
        return value

    def _let_go(self, state: Value, live: Any) -> None:
        """Forget arrays that only this state held: compiled code has taken a copy of them."""
        if not isinstance(live, dict) or not isinstance(state, list):
            return
        sizes = (item.nbytes for item in live.values() if isinstance(item, np.ndarray))
        if sum(sizes) < _LARGE:
            return
        if self._uses is None:
            self._uses = Counter(_references([[self._graph.root], *self._nodes]))
        if self._uses[state[0]] == 1:
            del self._built[state[0]]
            for index in _references(self._nodes[state[0]]):
                if self._uses[index] == 1 and isinstance(self._built.get(index), np.ndarray):
                    del self._built[index]


def _references(value: Any) -> Iterator[int]:
    """Yield the numbers of the nodes that lists lead to; a shape may look like one, too."""
    if isinstance(value, list):
        if len(value) == 1 and type(value[0]) is int:
            yield value[0]
        for item in value:
            if isinstance(item, list):
                yield from _references(item)


def _instance(cls: Any, arguments: list[Any]) -> Any:
    if not isinstance(cls, type):
        refuse("an instance of something that is no class")
    make: Callable[..., Any] = cls.__new__
    return make(cls, *arguments)


def _set_state(value: Any, state: Any) -> None:
    # As unpickling does it: the class's own way, else its __dict__ and slots.
    setter = getattr(value, "__setstate__", None)
    if setter is not None:
        setter(state)
        return
    plain, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if plain:
        value.__dict__.update(plain)
    for key, item in (slots or {}).items():
        object.__setattr__(value, key, item)


def rebuild(
    graph: Graph,
    skeleton: Skeleton,
    resolver: Resolver,
    readers: Mapping[str, Read],
    checks: Checks,
) -> Any:
    """Return the live object that `graph` describes.

    Raises
    ------
    RestoreError
        A class is refused or missing, or does not accept its state (code ``state-refused``).
    CorruptionError
        The graph or an array is not sound.
    """
    try:
        return Decoder(graph, skeleton, resolver, readers, checks).build()
    except MvtError:
        raise
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        msg = f"What is stored needs a package that cannot be imported here: {error}."
        hint = f"pip install {package}" if package else None
        raise RestoreError(msg, code="class-missing", hint=hint) from error
    except Exception as error:
        msg = f"What is stored cannot be rebuilt: {type(error).__name__}: {str(error)[:200]}."
        raise RestoreError(msg, code="state-refused", hint="mvt fsck") from error
