"""``mvt``: the same verbs for a shell and for CI."""

from jupyter_mvt.cli.main import main

__all__ = ["main"]
