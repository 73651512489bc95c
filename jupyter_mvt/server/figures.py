"""A figure of a version, as it was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.errors import UsageError
from jupyter_mvt.server.handler import MvtHandler

if TYPE_CHECKING:
    from jupyter_mvt.api.outputs import StoredOutput

__all__ = ["FigureHandler"]


class FigureHandler(MvtHandler):
    """``GET /jupyter-mvt/api/repositories/ID/output?revision=REVISION&number=NUMBER``."""

    async def get(self, key: str) -> None:
        """Answer with verified bytes, which no browser runs; 304 where they are known."""
        revision = self.get_query_argument("revision", "HEAD")
        word = self.get_query_argument("number", "0")
        if not (word.isascii() and word.isdigit() and len(word) < 9):
            msg = f"number is a number, not {word[:40]!r}."
            raise UsageError(msg)
        known = self.request.headers.get("If-None-Match", "")

        def look() -> tuple[StoredOutput, bytes | None]:
            from jupyter_mvt.api.outputs import figure

            found = figure(self.opened(key).repo[revision].outputs, int(word))
            return found, None if _tag(found) in known else found.read()

        found, body = await self.aside(look)
        self.set_header("ETag", _tag(found))
        self.set_header("Cache-Control", "no-cache, private")
        # Whoever opens the address itself gets an image, and an SVG that can do nothing.
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
        if body is None:
            self.set_status(304)
            self.finish()
        else:
            self.finish(body, set_content_type=found.mime)


def _tag(found: StoredOutput) -> str:
    return f'"{found.kept.body}"'
