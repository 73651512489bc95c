"""``mvt``: the same verbs for a shell and for CI."""

import sys

from jupyter_mvt.errors import UNTOUCHED

try:
    from jupyter_mvt.cli.main import main
except KeyboardInterrupt:
    # Whoever stops a command while it is being loaded wants no traceback.
    print(UNTOUCHED, file=sys.stderr)
    raise SystemExit(130) from None

__all__ = ["main"]
