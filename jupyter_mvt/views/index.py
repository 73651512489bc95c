"""What the metric store consists of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mvt.views import format, parts, wire

if TYPE_CHECKING:
    from jupyter_mvt.metrics.rebuild import IndexStats

__all__ = ["payload"]


def payload(stats: IndexStats) -> wire.NoticeView:
    """Return the wire form: versions in files and in memory, files, bytes."""
    files = f"{format.plural(stats.files, 'file')}, {format.size(stats.nbytes)}"
    said = f"{format.count(stats.commits)} in Parquet ({files})."
    if stats.tail:
        newer = f"{format.count(stats.tail)} newer in memory, not in files yet."
        said = f"{said[:-1]}, {newer}" if stats.commits else "In memory, not in files yet."
    return {
        "view": "notice",
        "schema": parts.SCHEMA,
        "kind": "info",
        "title": f"The metric store holds {format.plural(stats.commits + stats.tail, 'version')}.",
        "text": said,
        "command": "",
    }
