"""What widgets and the browser say to each other beside the traits."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

__all__ = ["Answered", "Question", "Refused", "Reply", "Stale"]


class Question(TypedDict):
    """A question of the view. `ask` numbers it; `what` names the answer that is wanted.

    ``open``, ``rows`` and ``course`` ask a timeline; ``page`` asks a leaderboard; ``diff`` and
    ``version`` ask for another view's payload, ``module`` for the code that draws it; ``output``
    asks for figure `number` of a version, answered by its MIME type and its bytes in base64.
    """

    ask: int
    what: Literal["open", "rows", "course", "page", "diff", "version", "module", "output"]
    metric: NotRequired[str]
    branch: NotRequired[str]
    query: NotRequired[str]
    start: NotRequired[int]
    stop: NotRequired[int]
    first: NotRequired[int]
    last: NotRequired[int]
    count: NotRequired[int]
    base: NotRequired[str]
    other: NotRequired[str]
    name: NotRequired[str]
    number: NotRequired[int]


class Answered(TypedDict):
    """The answer to question `answer`."""

    answer: int
    data: Any


class Refused(TypedDict):
    """Why question `answer` has none; `hint` can be pasted."""

    answer: int
    error: str
    hint: str


class Stale(TypedDict):
    """The repository moved on: the view asks anew."""

    event: Literal["stale"]


Reply: TypeAlias = Answered | Refused | Stale
