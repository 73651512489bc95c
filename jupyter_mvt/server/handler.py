"""The base of every handler: nobody reaches a method unknown or unauthorised."""

from __future__ import annotations

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

__all__ = ["MvtHandler"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class MvtHandler(APIHandler):
    """Authenticates and authorises in ``prepare``, so that no method can forget a decorator."""

    resource = "jupyter-mvt"

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse whoever is unknown, then ask the server's authorizer."""
        # The base checks host, origin and, for writing methods, the XSRF token.
        await super().prepare()
        user = self.current_user
        if user is None:
            raise HTTPError(403, "Forbidden: log in to this server first.")
        action = "read" if self.request.method in _READING else "write"
        allowed = self.authorizer.is_authorized(self, user, action, self.resource)
        if not (allowed if isinstance(allowed, bool) else await allowed):
            raise HTTPError(403, f"Forbidden: no permission to {action} {self.resource}.")
