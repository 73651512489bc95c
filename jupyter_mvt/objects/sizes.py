"""How many bytes something has, as people say it; `views.format` writes all other figures."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["rounded", "scaled", "size_text"]

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")


def size_text(nbytes: int) -> str:
    """Return bytes in decimal units, one decimal below 100: ``4.6 MB``, ``312 B``."""
    amount, unit = scaled(Decimal(nbytes))
    decimals = 0 if unit == "B" or amount >= 100 else 1
    return f"{rounded(amount, decimals):,f} {unit}"


def scaled(nbytes: Decimal) -> tuple[Decimal, str]:
    """Return an amount below 1000, as far as there are units, and its unit."""
    amount, step = nbytes, 0
    while step < len(_UNITS) - 1 and rounded(abs(amount), 1 if abs(amount) < 100 else 0) >= 1000:
        amount, step = amount.scaleb(-3), step + 1
    return amount, _UNITS[step]


def rounded(exact: Decimal, decimals: int) -> Decimal:
    """Return `exact` rounded half up, with so many decimals."""
    # Done on the digits, as Decimal's own quantize is bound to its context's precision.
    sign, digits, exponent = exact.as_tuple()
    drop = -decimals - int(exponent)
    if drop <= 0:
        whole = int("".join(map(str, digits))) * 10 ** (-drop if -drop < 400 else 0)
        if -drop >= 400:
            return exact
    else:
        cut = "".join(map(str, digits)).rjust(drop + 1, "0")
        whole = int(cut[:-drop]) + (cut[-drop] >= "5")
    return Decimal((sign, tuple(map(int, str(whole))), -decimals))
