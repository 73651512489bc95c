"""Variables kept on request: as data where that can be said, else pickled and flagged."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.adapter import Skeleton
from jupyter_mvt.capture.arrays import array_of, array_part, check_entry
from jupyter_mvt.capture.lookup import look_up
from jupyter_mvt.capture.pickling import freeze_pickled, restore_pickled
from jupyter_mvt.capture.placing import placed
from jupyter_mvt.capture.secrets import is_secret
from jupyter_mvt.capture.sharing import groups
from jupyter_mvt.capture.variables.graph import Unsayable, build, is_plain, say
from jupyter_mvt.capture.variables.long import LONG_KINDS, is_long, live_long, long_part
from jupyter_mvt.capture.variables.scalars import is_scalars
from jupyter_mvt.capture.variables.sizes import size_of
from jupyter_mvt.capture.variables.tables import live_table, table_state
from jupyter_mvt.capture.variables.trees import tokens_of
from jupyter_mvt.capture.watch import public_names
from jupyter_mvt.errors import CaptureError, CorruptionError, TrustError, UsageError
from jupyter_mvt.objects.commit import Note, StateKind, Variable
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.objects.manifest import Entry, Part
from jupyter_mvt.objects.sizes import size_text
from jupyter_mvt.objects.snapshot import Bundle, VariableDraft

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.capture.adapter import Frozen
    from jupyter_mvt.capture.variables.tokens import Tokens
    from jupyter_mvt.objects.reader import ObjectReader

__all__ = [
    "MAX_BYTES",
    "MAX_TOTAL",
    "asked_for",
    "every_name",
    "restore_variable",
    "restore_variables",
    "take_variables",
]

MAX_BYTES = 256_000_000
MAX_TOTAL = 1_000_000_000
_GROUP = "mvt-variables/1"
_CODE = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
_MAX_DEPTH = 32


def asked_for(namespace: Mapping[str, Any], asked: Any) -> tuple[Mapping[str, Any], list[str]]:
    """Return where to look and for which names: names of `namespace`, or values by name.

    Raises
    ------
    UsageError
        `asked` is neither (code ``bad-variables``).
    """
    if isinstance(asked, Mapping):
        namespace = {**namespace, **asked}
    names = [asked] if isinstance(asked, str) else asked
    if not isinstance(names or (), Iterable) or not all(isinstance(n, str) for n in names or ()):
        msg = f"Variables are names, or values by name, not {repr(asked)[:40]}."
        hint = 'repo.commit(model, variables={"vocabulary": vocabulary})'
        raise UsageError(msg, code="bad-variables", hint=hint)
    return namespace, list(names or ())


def take_variables(
    namespace: Mapping[str, Any], names: Iterable[str], *, all_named: bool = True
) -> tuple[tuple[VariableDraft, ...], tuple[Note, ...]]:
    """Return the variables called `names`, and notes about those that were not taken.

    Names that share a list, an object or an array's memory are kept as one group.

    Parameters
    ----------
    namespace
        The user's names.
    names
        Which.
    all_named
        Whether the person named each: then size is no reason to leave one out.

    Raises
    ------
    CaptureError
        There is no variable of such a name (code ``unknown-variable``).
    """
    notes: list[Note] = []
    values: dict[str, Any] = {}
    total = 0
    for name in dict.fromkeys(names):
        value = look_up(namespace, name)
        if is_secret(name, value):
            text = "looks like a secret and was not stored"
            notes.append(Note(kind="redacted", about=name, text=text))
            continue
        size = size_of(value)
        if size > MAX_BYTES and not all_named:
            text = f"has {size_text(size)}; name it to keep it"
            notes.append(Note(kind="skipped", about=name, text=text))
        elif total + size > MAX_TOTAL and not all_named:
            text = f"the variables before it have {size_text(total)}; name it to keep it"
            notes.append(Note(kind="skipped", about=name, text=text))
        else:
            values[name] = value
            total += size
    drafts: dict[str, VariableDraft] = {}
    for group in groups(values):
        taken, told = _take_group({name: values[name] for name in group})
        drafts |= taken
        notes += told
    if total > MAX_TOTAL:
        text = f"{size_text(total)} of variables are part of this version"
        notes.append(Note(kind="warning", about="variables", text=text))
    return tuple(drafts[name] for name in values if name in drafts), tuple(notes)


def every_name(namespace: Mapping[str, Any], aside: Iterable[Any] = ()) -> list[str]:
    """Return the names of all variables that may be kept.

    Modules, functions and classes are code, and `aside` (the models) is kept anyway.
    """
    apart = {id(obj) for obj in aside}
    return [
        name
        for name in public_names(namespace)
        if not isinstance(namespace[name], _CODE) and id(namespace[name]) not in apart
    ]


def _take_group(values: dict[str, Any]) -> tuple[dict[str, VariableDraft], list[Note]]:
    if len(values) > 1:
        try:
            return _together(values)
        except CaptureError:
            pass  # one of them spoils it: each for itself, and say so
    drafts: dict[str, VariableDraft] = {}
    notes: list[Note] = []
    for name, value in values.items():
        try:
            drafts[name], told = _take(name, value)
            notes += told
        except CaptureError as error:
            notes.append(Note(kind="skipped", about=name, text=error.message))
    if len(values) > 1 and len(drafts) > 1:
        text = f"what {', '.join(drafts)} share was kept for each of them apart"
        notes.append(Note(kind="partial", about=next(iter(drafts)), text=text))
    notes += [_warning(draft) for draft in drafts.values() if draft.state_kind == "pickle"]
    return drafts, notes


def _together(values: dict[str, Any]) -> tuple[dict[str, VariableDraft], list[Note]]:
    """Keep names that share content with one skeleton and one set of arrays.

    Raises
    ------
    CaptureError
        One of them cannot be kept.
    """
    kind: StateKind = "declarative"
    notes: list[Note] = []
    try:
        said, parts = say(values)
        state, bundle = encode({"kind": "graph", **said}), Bundle(parts=parts)
    except Unsayable:
        frozen = _frozen(values, (_GROUP, values))
        kind, state, bundle = frozen.state_kind, frozen.state, frozen.bundle
        notes = _losses(next(iter(values)), frozen)
    drafts = {
        name: VariableDraft(name=name, type=_type(value), state_kind=kind, state=state,
                            bundle=bundle)
        for name, value in values.items()
    }  # fmt: skip
    notes += [_warning(draft) for draft in drafts.values() if kind == "pickle"]
    return drafts, notes


def _frozen(values: dict[str, Any], whole: Any, cut: Mapping[int, Tokens] | None = None) -> Frozen:
    """Return variables of frameworks as data; `whole` as a pickle where that cannot be.

    Raises
    ------
    CaptureError
        Neither can be.
    """
    from jupyter_mvt.capture.declarative.policy import Undeclarable
    from jupyter_mvt.capture.variables.objects import freeze_objects

    refused = None
    try:
        return freeze_objects(values, cut)
    except Undeclarable:
        pass
    except CaptureError as error:
        refused = error  # which knows better than pickle why
    except Exception:
        pass  # a class of the user's may fail at anything that is asked of it
    try:
        return freeze_pickled(whole, ())
    except CaptureError as error:
        raise refused or error from None


def _losses(name: str, frozen: Frozen) -> list[Note]:
    return [Note(kind="partial", about=name, text=text) for text in frozen.lost]


def _warning(draft: VariableDraft) -> Note:
    text = f"a {draft.type} is kept as a pickle: restoring it runs code"
    return Note(kind="warning", about=draft.name, text=text)


def _type(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _take(name: str, value: Any) -> tuple[VariableDraft, list[Note]]:
    if (type(value).__module__.partition(".")[0], type(value).__name__) == ("polars", "LazyFrame"):
        hint = f"data = {name}.collect()"
        msg = f"{name} is a plan of reading and holds no data yet; keep what it gives: {hint}"
        raise CaptureError(msg, code="plan-not-data", hint=hint)
    cut = _cut(value)
    said = None if cut else _said(name, value)
    notes: list[Note] = []
    if said is None:
        frozen = _frozen({name: value}, value, cut)
        kind, state, bundle = frozen.state_kind, frozen.state, frozen.bundle
        notes = _losses(name, frozen)
    else:
        kind, state, bundle = "declarative", encode(said[0]), Bundle(parts=said[1])
    draft = VariableDraft(name=name, type=_type(value), state_kind=kind, state=state, bundle=bundle)
    return draft, notes


def _cut(value: Any) -> dict[int, Tokens]:
    """Return what is kept as rows of plain values, if that is so; cut once, which takes long."""
    if type(value) is np.ndarray or (type(value) is list and is_scalars(value)):
        return {}  # of one kind, or for the adapters to tell
    tokens = tokens_of(value)
    return {} if tokens is None else {id(value): tokens}


def _said(name: str, value: Any) -> tuple[dict[str, Any], tuple[Part, ...]] | None:
    """Return a value of Python, numpy or a table as data, ``None`` for any other."""
    if type(value) is np.ndarray and is_plain(value.dtype) and _is_little(value):
        order = {"order": "F"} if value.flags.fnc else {}
        fixed = {} if value.flags.writeable else {"writeable": False}
        return {"kind": "ndarray", **order, **fixed}, (array_part(value, "array"),)
    if is_long(value):
        return {"kind": type(value).__name__}, (long_part(value, "content"),)
    table = table_state(value)
    if table is not None:
        return table
    if _is_plain(value, set(), 0):
        return {"kind": "plain", "value": value}, ()
    try:
        said, parts = say({name: value})
    except Unsayable:
        return None
    return {"kind": "graph", **said}, parts


def _is_little(array: np.ndarray[Any, Any]) -> bool:
    return bool(array.dtype == array.dtype.newbyteorder("<"))


def _is_plain(value: Any, seen: set[int], depth: int) -> bool:
    """Tell whether canonical JSON gives back the very same value, without aliases.

    Of a long row of numbers or text it would make copies; what holds much else was cut before.
    """
    cls = type(value)
    if value is None or cls in (bool, int, float, str):
        return True
    if depth >= _MAX_DEPTH or cls not in (list, dict) or id(value) in seen:
        return False
    seen.add(id(value))
    if cls is list:
        return not is_scalars(value) and all(_is_plain(item, seen, depth + 1) for item in value)
    return all(
        type(key) is str and _is_plain(item, seen, depth + 1) for key, item in value.items()
    ) and list(value) == sorted(value)  # fmt: skip


def restore_variables(
    reader: ObjectReader, kept: Iterable[Variable], *, trusted: bool = False
) -> dict[str, Any]:
    """Return kept variables as live values; what shared content shares it again.

    Raises
    ------
    TrustError
        One is a pickle and not `trusted` (code ``untrusted-pickle``).
    CorruptionError
        What is stored does not fit together.
    """
    found: dict[str, Any] = {}
    together: dict[tuple[str, str], dict[str, Any]] = {}
    for one in kept:
        key = one.state, one.weights
        if one.name not in together.get(key, ()):
            together[key] = _restore(reader, one, trusted)
        found[one.name] = together[key][one.name]
    return found


def restore_variable(reader: ObjectReader, variable: Variable, *, trusted: bool = False) -> Any:
    """Return one kept variable as a live value; see `restore_variables`."""
    return restore_variables(reader, [variable], trusted=trusted)[variable.name]


def _restore(reader: ObjectReader, variable: Variable, trusted: bool) -> dict[str, Any]:
    """Return a variable, with those that were kept together with it."""
    from jupyter_mvt.capture.variables.objects import restore_objects

    name = variable.name
    manifest = reader.manifest(variable.weights)
    entries = {entry.path: entry for entry in manifest.entries}
    content = reader.ahead(entries.values())
    if variable.state_kind == "pickle":
        value = _restore_pickle(reader, variable, entries, content, trusted)
        if isinstance(value, tuple) and len(value) == 2 and value[0] == _GROUP:
            return dict(value[1])
        return {name: value}
    blob = reader.blob(variable.state)
    state = decode(blob)
    if isinstance(state, dict) and "format" in state:
        found = restore_objects(blob, entries, content, reader.pieces, trusted=trusted)
        if name in found:
            return found
    kind = state.get("kind") if isinstance(state, dict) else None
    if kind == "plain":
        return {name: state["value"]}
    if kind == "ndarray" and "array" in entries:
        return {name: _restore_array(reader, state, entries["array"], content)}
    if kind in LONG_KINDS and "content" in entries:
        return {name: live_long(name, kind, reader.pieces(entries["content"]))}
    if kind == "table" and (isinstance(state.get("table"), dict) or "table" in entries):
        return {name: live_table(state, entries, content, reader.pieces)}
    if kind == "graph":
        found = build(state, entries, content)
        if name in found:
            return found
    msg = f"The stored variable {name!r} is of no known kind."
    raise CorruptionError(msg, hint="mvt fsck", code="corrupt-variable")


def _restore_array(
    reader: ObjectReader,
    state: dict[str, Any],
    entry: Entry,
    content: Callable[[Entry], memoryview],
) -> np.ndarray[Any, Any]:
    if state.get("order") != "F":
        array = array_of(entry, content(entry))
    else:
        array = placed(reader.pieces(entry), check_entry(entry), entry.shape, "F", entry.nbytes)
    array.flags.writeable = state.get("writeable") is not False
    return array


def _restore_pickle(
    reader: ObjectReader,
    variable: Variable,
    entries: dict[str, Entry],
    content: Callable[[Entry], memoryview],
    trusted: bool,
) -> Any:
    if not trusted:
        msg = f"The variable {variable.name!r} is a pickle: restoring it would run code."
        hint = "if you know who made this version: repo.checkout(version, trust=True)"
        raise TrustError(msg, hint=hint, code="untrusted-pickle")
    skeleton = Skeleton(
        state=reader.blob(variable.state),
        state_kind="pickle",
        entries=entries,
        ties={},
        read=content,
        trusted=True,
        stretches=reader.pieces,
    )
    return restore_pickled(skeleton)
