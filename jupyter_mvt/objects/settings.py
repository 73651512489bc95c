"""What a repository is told to keep, and how large it may grow: the mark ``settings``."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from jupyter_mvt.display import Displayable
from jupyter_mvt.errors import CorruptionError, UsageError
from jupyter_mvt.objects.encode import decode_as, encode, to_data

if TYPE_CHECKING:
    from jupyter_mvt.objects.view import View

__all__ = ["DAY_US", "SETTINGS", "Settings", "read_settings", "settings_text"]

SETTINGS = "settings"
DAY_US = 24 * 3600 * 10**6
_MOST_DAYS = 1e5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Displayable):
    """A repository's policy. Versions that are not kept whole become thin.

    Attributes
    ----------
    keep_last
        Keep the newest so many versions of each branch; ``None`` keeps all that a branch, tag
        or label reaches, and then the other rules say nothing.
    keep_best, keep_by
        Keep the best so many by this metric.
    keep_days
        Keep what is younger.
    grace_days
        What was dropped can be brought back for so long.
    quota_bytes
        How large the stored objects may become; ``None`` for no limit.
    data_bytes
        How much data one version may store with ``--store-data``.
    cost_per_hour, cost_per_request
        Dollars that a machine costs an hour, or a request costs; ``None`` where not known.
    requests_per_day, concurrency
        How often is asked, and how many requests a machine answers at once. Without a price and
        these nothing is said about cost.
    pack_when_idle
        Whether a notebook that is idle stores old versions more tightly in the background.
    keep_outputs
        Whether figures and tables that cells showed become part of the next version.
    """

    keep_last: int | None = None
    keep_best: int = 0
    keep_by: str = ""
    keep_days: float = 0.0
    grace_days: float = 14.0
    quota_bytes: int | None = None
    data_bytes: int = 1_000_000_000
    pack_when_idle: bool = True
    keep_outputs: bool = True
    cost_per_hour: float | None = None
    cost_per_request: float | None = None
    requests_per_day: float = 0.0
    concurrency: float = 1.0
    format: int = 1

    @property
    def grace_us(self) -> int:
        """The grace period in microseconds."""
        return int(self.grace_days * DAY_US)

    @property
    def priced(self) -> bool:
        """Whether there is a price, and how often is asked."""
        prices = self.cost_per_hour, self.cost_per_request
        return bool(self.requests_per_day) and prices != (None, None)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain builtins."""
        data: dict[str, Any] = to_data(self)
        return data

    def check(self) -> Settings:
        """Return itself, as it will be read again, if it makes sense.

        Raises
        ------
        UsageError
            A value is of another type, a number is negative, or a rule lacks its metric (code
            ``bad-settings``).
        """
        typed = self._typed()
        problem = typed._problem()
        if problem:
            hint = "mvt gc policy --last 10 --best 3 --by accuracy"
            raise UsageError(problem, code="bad-settings", hint=hint)
        return typed

    def _typed(self) -> Settings:
        """Return what reading the record of this gives; 2e9 bytes are a whole number."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        for name in ("keep_last", "keep_best", "quota_bytes", "data_bytes"):
            if isinstance(values[name], float) and values[name].is_integer():
                values[name] = int(values[name])
        for name, value in values.items():
            try:
                decode_as(encode({name: value}), Settings)
            except (CorruptionError, TypeError, OverflowError):
                hint = "mvt du quota 20GB" if name == "quota_bytes" else "mvt help gc policy"
                msg = f"{name} cannot be {repr(value)[:40]}."
                raise UsageError(msg, code="bad-settings", hint=hint) from None
        return Settings(**values)

    def _problem(self) -> str:
        if self.keep_last is not None and self.keep_last < 1:
            return "A branch keeps at least its last version."
        if self.keep_best < 0 or bool(self.keep_best) != bool(self.keep_by):
            return "To keep the best versions, say how many, and by which metric."
        if not 0 <= self.keep_days < _MOST_DAYS or not 0 <= self.grace_days < _MOST_DAYS:
            return "Days are a number from 0 to 99,999."
        if self.quota_bytes is not None and self.quota_bytes < 1:
            return "A quota is a positive number of bytes."
        if self.data_bytes < 1:
            return "The data of a version may have a positive number of bytes."
        numbers = (self.cost_per_hour or 0, self.cost_per_request or 0, self.requests_per_day)
        if not all(0 <= number < math.inf for number in numbers):
            return "Prices and requests a day are numbers from 0 on."
        if not 0 < self.concurrency < math.inf:
            return "A machine answers more than no request at once."
        return ""


def settings_text(settings: Settings) -> str:
    """Return the value of the mark."""
    return encode(settings).decode()


def read_settings(view: View) -> Settings:
    """Return the settings of a repository as they are in `view`."""
    text = view.marks.get(SETTINGS)
    return Settings() if text is None else decode_as(text.encode(), Settings)
