"""How numbers, sizes, times and metric names are written. Everything that is shown comes here.

The rules are those of the visual language: true minus, explicit plus, a no-break space between
number and unit, shares with three decimals and changes in percentage points, everything rounded
half up from the stored value.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mvt.objects.metric import finite
from jupyter_mvt.objects.sizes import rounded, scaled

if TYPE_CHECKING:
    from jupyter_mvt.views.wire import Figure

__all__ = [
    "MISSING",
    "brief",
    "change",
    "count",
    "duration",
    "error",
    "figure",
    "moment",
    "moment_iso",
    "number",
    "plural",
    "ratio",
    "signed",
    "size",
    "value_of",
    "when",
    "with_unit",
]

Number: TypeAlias = bool | int | float | None

MINUS = "\u2212"
NBSP = "\u00a0"
MISSING = "not scored"

_DOLLARS = ("$", "$/day")
_LARGE = Decimal(10) ** 15
_SMALL = Decimal("0.0001")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def number(value: Number, unit: str = "") -> str:
    """Return a metric's value with its unit: ``0.897``, ``12.4 ms``, ``$12/day``, ``NaN``."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return str(value)
    if not finite(value):
        return "NaN" if math.isnan(value) else signed_text("∞", negative=value < 0)
    if unit == "B":
        return size(value)
    exact = _exact(value)
    if unit in _DOLLARS:
        return signed_text(_dollars(exact, unit), negative=exact < 0)
    text = _plain(exact, _decimals(value, unit))
    return with_unit(text, _shown(unit))


def figure(value: Number, unit: str = "") -> Figure:
    """Return `value` as text and as the number to sort by."""
    return {"text": number(value, unit), "value": value_of(value)}


def exact(value: Number) -> str:
    """Return the digits of a whole number that a float, as JavaScript's, would round, else ""."""
    near = value_of(value) if isinstance(value, int) else None
    return "" if near is None or int(near) == value else str(value)


def value_of(value: Number) -> float | None:
    """Return `value` as a float that JSON can carry, else ``None``."""
    if value is None or not (isinstance(value, bool) or finite(value)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def change(
    delta: float | None, unit: str = "", base: Number = None, other: Number = None
) -> tuple[str, str]:
    """Return a change and its unit: ``("−2.8", "pp")``, ``("+0.009", "")``.

    It has the decimals of the values it lies between, and more when it would read as zero.
    """
    if delta is None or not finite(delta):
        return "", ""
    exact = _exact(delta)
    if unit == "share":
        points = exact * 100
        return signed(points, 1 if abs(points) >= Decimal("0.1") else 2), "pp"
    if unit == "B":
        amount, name = scaled(exact)
        return signed(amount, 0 if name == "B" or abs(amount) >= 100 else 1), name
    if unit in _DOLLARS:
        if not exact:
            return "0", ""
        return signed_text(_dollars(exact, unit), negative=exact < 0, plus=True), ""
    decimals = max(
        (_decimals(side, unit) for side in (base, other) if finite(side)),
        default=_decimals(delta, unit),
    )
    return signed(exact, decimals), unit


def error(stderr: float, value: Number, unit: str = "") -> str:
    """Return a standard error with the decimals of its value: ``± 0.008``."""
    if not finite(stderr) or not finite(value):
        return f"± {number(stderr, unit)}"
    return f"± {with_unit(_plain(_exact(stderr), _decimals(value, unit)), _shown(unit))}"


def _shown(unit: str) -> str:
    return "" if unit == "share" else unit


def ratio(value: float | None) -> str:
    """Return a relative change of weights or the like: ``0.12``, ``0.003``."""
    if value is None or not finite(value):
        return number(value)
    return _plain(_exact(value), 2) if abs(value) >= 0.01 or not value else number(value)


def brief(value: float) -> str:
    """Return a plain number without zeros at its end: ``85``, ``0.25``."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def signed(value: Decimal | int, decimals: int) -> str:
    """Return `value` with an explicit sign; zero has none, anything else never reads as zero."""
    exact = Decimal(value)
    if not exact:
        return "0"
    text = _plain(abs(exact), decimals)
    return signed_text(text, negative=exact < 0, plus=True)


def count(value: int) -> str:
    """Return a count with thousands separators: ``8,640``."""
    return f"{value:,}".replace("-", MINUS)


def plural(value: int, one: str, many: str = "") -> str:
    """Return ``1 row``, ``8,640 rows``."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def size(nbytes: float) -> str:
    """Return bytes in decimal units, one decimal below 100: ``4.6 MB``, ``312 B``."""
    amount, name = scaled(_exact(nbytes))
    decimals = 0 if name == "B" or abs(amount) >= 100 else 1
    return with_unit(_plain(amount, decimals), name)


def duration(seconds: float) -> str:
    """Return a duration: ``0.38 s``, ``12.4 s``, ``3 min 12 s``, ``2 h 5 min``."""
    if not finite(seconds):
        return MISSING
    if seconds < _MINUTE - 0.05:
        decimals = 2 if seconds < 9.995 else 1
        return with_unit(str(rounded(_exact(max(seconds, 0.0)), decimals)), "s")
    whole = int(rounded(_exact(seconds), 0))
    first, second = (_HOUR, _MINUTE) if whole >= _HOUR else (_MINUTE, 1)
    names = ("h", "min") if whole >= _HOUR else ("min", "s")
    rest = whole % first // second
    head = with_unit(count(whole // first), names[0])
    return f"{head} {with_unit(str(rest), names[1])}" if rest else head


def when(time_ms: int, now_ms: int | None = None, zone: tzinfo = UTC) -> str:
    """Return a time as people say it at `now_ms`; without `now_ms` the absolute `moment`."""
    if now_ms is None:
        return moment(time_ms, zone)
    seconds = (now_ms - time_ms) / 1000
    then, now = _datetime(time_ms, zone), _datetime(now_ms, zone)
    if then is None or now is None:
        return moment(time_ms, zone)
    days = (now.date() - then.date()).days
    # A clock that is ahead by a little is no reason to speak of the future.
    if seconds < -_HOUR or days > 6:
        date = f"{then.day} {_MONTHS[then.month - 1]}"
        return date if then.year == now.year else f"{date} {then.year}"
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    # An hour ago is not yesterday, also after midnight.
    if days == 0 or seconds < 6 * _HOUR:
        return f"{int(seconds // _HOUR)} h ago"
    return "yesterday" if days == 1 else f"{days} days ago"


def moment(time_ms: int, zone: tzinfo = UTC) -> str:
    """Return an absolute time with its zone: ``2026-11-20 14:03 UTC``."""
    at = _datetime(time_ms, zone)
    return "unknown time" if at is None else at.strftime("%Y-%m-%d %H:%M %Z").rstrip()


def moment_iso(time_ms: int) -> str:
    """Return an absolute time for programs: ``2026-11-20T14:03:00+00:00``, or nothing."""
    at = _datetime(time_ms, UTC)
    return "" if at is None else at.isoformat(timespec="seconds")


def with_unit(text: str, unit: str) -> str:
    """Join number and unit by a no-break space."""
    return f"{text}{NBSP}{unit}" if unit else text


def signed_text(text: str, *, negative: bool, plus: bool = False) -> str:
    """Put the true minus, or a plus, before `text`."""
    return MINUS + text if negative else "+" + text if plus else text


def _dollars(exact: Decimal, unit: str) -> str:
    """Return ``$12/day``, ``$4.50``: whole where it is whole, else cents or three digits."""
    exact = abs(exact)
    decimals = 2 if Decimal("0.01") <= exact < 100 else _places(exact)
    text = _plain(exact, decimals)
    return f"${text.removesuffix('.00')}{unit.removeprefix('$')}"


def _exact(value: float | Decimal) -> Decimal:
    # The shortest decimal that is the stored float: 0.8965 is rounded as it reads.
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _decimals(value: Number, unit: str) -> int:
    """Return how many decimals a value shows: three for shares, else three digits in all."""
    if value is None or isinstance(value, int):
        return 0
    exact = abs(_exact(value))
    return 3 if unit == "share" and exact <= 1 else _places(exact)


def _places(exact: Decimal) -> int:
    """Return how many decimals make three digits in all."""
    if not exact:
        return 0
    digits = exact.adjusted()
    # Rounding may add a digit: 9.996 is 10.0, not 10.00.
    if rounded(exact, max(2 - digits, 0)).adjusted() > digits:
        digits += 1
    return max(2 - digits, 0)


def _plain(exact: Decimal, decimals: int) -> str:
    """Return `exact` rounded; very large and very small numbers with a power of ten."""
    exact = Decimal(exact)
    if not exact:
        return str(rounded(Decimal(0), decimals)) if decimals == 3 else "0"
    near = rounded(exact, decimals) if abs(exact) < _LARGE else exact
    if not near:
        # It must not read as zero: one digit, wherever it is.
        near = rounded(exact, -exact.adjusted())
        if abs(near) >= _SMALL:
            # Rounding may carry: 0.00099 is 0.001, not 0.0010.
            return signed_text(f"{abs(near).normalize():f}", negative=exact < 0)
    if abs(exact) >= _LARGE or abs(near) < _SMALL:
        return _power(exact)
    return signed_text(f"{abs(near):,f}", negative=exact < 0)


def _power(exact: Decimal) -> str:
    at = exact.adjusted()
    digits = rounded(abs(exact).scaleb(-at), 2)
    if digits >= 10:
        digits, at = digits / 10, at + 1
    mantissa = f"{digits:f}".rstrip("0").rstrip(".") if "." in f"{digits:f}" else f"{digits:f}"
    return signed_text(f"{mantissa}e{str(at).replace('-', MINUS)}", negative=exact < 0)


def _datetime(time_ms: int, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(time_ms / 1000, zone)
    except (OverflowError, ValueError, OSError):
        return None
