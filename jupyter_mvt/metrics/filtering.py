"""The grammar of filters: text → tree. Nothing here knows SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mvt.errors import QueryError

__all__ = ["Compare", "Join", "Name", "Node", "Not", "Value", "bad_filter", "parse"]

Value: TypeAlias = bool | int | float | str | None
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "missing", "nan"]

_HINT = "mvt log --where \"accuracy > 0.9 and author = 'ana'\""
_DEPTH = 50
_LENGTH = 20_000
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<operator>==|!=|<>|<=|>=|=|<|>|\(|\)|,|@|\.)
    | (?P<word>[^\W\d]\w*(?:[.-]\w+)*)
    )""",
    re.VERBOSE,
)
_COMPARISONS: dict[str, Operator] = {
    "=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None, "none": None}


@dataclass(frozen=True, slots=True)
class Name:
    """What is compared. `kind` is empty when the filter does not say which it is."""

    text: str
    at: int
    kind: Literal["", "metrics", "params"] = ""
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; ``in`` has several values, ``missing`` and ``nan`` have none."""

    name: Name
    operator: Operator
    values: tuple[Value, ...] = ()
    at: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """What does not hold."""

    node: Node


@dataclass(frozen=True, slots=True)
class Join:
    """All or any of several."""

    word: Literal["and", "or"]
    nodes: tuple[Node, ...]


Node: TypeAlias = Compare | Not | Join


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def bad_filter(where: str, at: int, expected: str) -> QueryError:
    """Return the error that marks the place `at` in `where`."""
    before, after = where[max(0, at - 40) : at], where[at : at + 40]
    mark = f"{before}⟨here⟩{after}".replace("\n", " ")
    return QueryError(
        f"The filter cannot be read at column {at + 1}: {expected}: {mark}",
        code="bad-filter",
        hint=_HINT,
    )


def parse(where: str) -> Node:
    """Return the tree of a filter.

    Raises
    ------
    QueryError
        It does not follow the grammar (code ``bad-filter``).
    """
    return _Parser(where).whole()


def _tokens(where: str) -> list[_Token]:
    if len(where) > _LENGTH:
        raise bad_filter(where, _LENGTH, f"at most {_LENGTH} characters")
    found = []
    at, end = 0, len(where.rstrip())
    while at < end:
        match = _TOKEN.match(where, at)
        if match is None:
            at += len(where[at:]) - len(where[at:].lstrip())
            raise bad_filter(where, at, "this cannot be part of a filter")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "", end)]


class _Parser:
    """Recursive descent with one token of look-ahead."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._tokens = _tokens(where)
        self._next = 0

    def whole(self) -> Node:
        node = self._any(0)
        if self._token.kind != "end":
            raise bad_filter(self._where, self._token.at, "expected and, or, or the end")
        return node

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        return token

    def _word(self, *words: str) -> bool:
        """Take the next token if it is one of `words`."""
        token = self._token
        found = token.kind in {"word", "operator"} and token.text.lower() in words
        self._next += found
        return found

    def _any(self, depth: int) -> Node:
        nodes = [self._all(depth)]
        while self._word("or"):
            nodes.append(self._all(depth))
        return nodes[0] if len(nodes) == 1 else Join("or", tuple(nodes))

    def _all(self, depth: int) -> Node:
        nodes = [self._one(depth)]
        while self._word("and"):
            nodes.append(self._one(depth))
        return nodes[0] if len(nodes) == 1 else Join("and", tuple(nodes))

    def _one(self, depth: int) -> Node:
        if depth > _DEPTH:
            raise bad_filter(self._where, self._token.at, f"expected at most {_DEPTH} levels")
        if self._word("not"):
            return Not(self._one(depth + 1))
        if self._word("("):
            node = self._any(depth + 1)
            if not self._word(")"):
                raise bad_filter(self._where, self._token.at, "expected )")
            return node
        return self._comparison()

    def _comparison(self) -> Node:
        name = self._name()
        at = self._token.at
        if self._word("is"):
            negated = self._word("not")
            return self._wrapped(Compare(name, self._state(), (), at), negated)
        negated = self._word("not")
        if self._word("in"):
            return self._wrapped(Compare(name, "in", self._list(), at), negated)
        if self._word("contains"):
            return self._wrapped(Compare(name, "contains", (self._value(),), at), negated)
        operator = _COMPARISONS.get(self._token.text)
        if negated or operator is None or self._token.kind != "operator":
            raise bad_filter(self._where, self._token.at, "expected a comparison such as = or >")
        self._take()
        return Compare(name, operator, (self._value(),), at)

    @staticmethod
    def _wrapped(node: Compare, negated: bool) -> Node:
        return Not(node) if negated else node

    def _state(self) -> Operator:
        if self._word("missing", "null", "none"):
            return "missing"
        if self._word("nan"):
            return "nan"
        raise bad_filter(self._where, self._token.at, "expected missing or nan")

    def _name(self) -> Name:
        token = self._take()
        if token.kind == "quoted":
            return Name(_unquoted(token.text), token.at, "", self._split())
        if token.kind != "word" or token.text.lower() in {"and", "or", "in", "is"}:
            raise bad_filter(self._where, token.at, "expected the name of a metric or param")
        kind, _, rest = token.text.partition(".")
        if kind in {"metrics", "params"}:
            if not rest and self._word("."):
                quoted = self._take()
                if quoted.kind != "quoted":
                    raise bad_filter(self._where, quoted.at, "expected a name")
                rest = _unquoted(quoted.text)
            if rest:
                plain: Literal["metrics", "params"] = "metrics" if kind == "metrics" else "params"
                return Name(rest, token.at, plain, self._split())
        return Name(token.text, token.at, "", self._split())

    def _split(self) -> str | None:
        if not self._word("@"):
            return None
        token = self._take()
        if token.kind not in {"word", "quoted"}:
            raise bad_filter(self._where, token.at, "expected the name of a split")
        return token.text if token.kind == "word" else _unquoted(token.text)

    def _list(self) -> tuple[Value, ...]:
        if not self._word("("):
            raise bad_filter(self._where, self._token.at, "expected (")
        values = [self._value()]
        while self._word(","):
            values.append(self._value())
        if not self._word(")"):
            raise bad_filter(self._where, self._token.at, "expected ) or a comma")
        return tuple(values)

    def _value(self) -> Value:
        token = self._token
        if token.kind in {"text", "number"}:
            self._take()
            return _unquoted(token.text) if token.kind == "text" else _number(token.text)
        if token.kind == "word" and token.text.lower() in _CONSTANTS:
            self._take()
            return _CONSTANTS[token.text.lower()]
        raise bad_filter(
            self._where,
            self._token.at,
            "expected a number, a text in single quotes, true, false or null",
        )


def _unquoted(text: str) -> str:
    return text[1:-1].replace(text[0] * 2, text[0])


def _number(text: str) -> int | float:
    # Python refuses digits without end; a DOUBLE is exact enough there.
    plain = text.lstrip("+-").isdecimal() and len(text) < 400
    return int(text) if plain else float(text)
