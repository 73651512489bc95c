"""Cases that a slice must not lose, and the one way in which all of them are run.

Each is run as cells in one folder; the slice of ``y`` is run in another one, and has to give the
same. Most of them were lost once.
"""

from tests.capture.slices.soundness import (
    callbacks,
    classes,
    hooks,
    libraries,
    magics,
    modules,
    tables,
    values,
)

__all__ = ["CASES"]

CASES: dict[str, tuple[list[str], dict[str, str]]] = {}
for part in (values, classes, hooks, callbacks, tables, libraries, magics, modules):
    for name, case in part.CASES.items():
        assert name not in CASES, name
        CASES[name] = case if isinstance(case, tuple) else (case, {})
