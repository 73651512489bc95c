"""Who acts through the server: its logged-in user, else the person who runs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_mvt._version import __version__
from jupyter_mvt.api.kernel import Identity, account

if TYPE_CHECKING:
    from jupyter_server.auth import User

__all__ = ["who"]

_NAMELESS = "Anonymous "


def who(user: User) -> Identity:
    """Return the person that operations are recorded under.

    A server with a token only makes up names such as "Anonymous Io": then it is the account.
    """
    name = user.display_name or user.name or user.username
    if name.startswith(_NAMELESS):
        name = os.environ.get("MVT_AUTHOR") or os.environ.get("GIT_AUTHOR_NAME") or account()
    return Identity(actor=name[:200], tool=f"jupyter_mvt {__version__} panel")
