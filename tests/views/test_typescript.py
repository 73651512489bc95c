"""The browser's types are those of the wire."""

from __future__ import annotations

from pathlib import Path

from jupyter_mvt.views.typescript import declarations, parts

ROOT = Path(__file__).parents[2]


def test_the_generated_file_is_in_step() -> None:
    """Else run ``python -m jupyter_mvt.views.typescript > js/src/protocol/wire.ts``."""
    folder = ROOT / "js" / "src" / "protocol"
    assert (folder / "wire.ts").read_text(encoding="utf-8") == declarations()
    assert (folder / "parts.ts").read_text(encoding="utf-8") == parts()


def test_optional_keys_unions_and_records_are_written_as_typescript() -> None:
    text = declarations() + parts()
    assert (
        """\
export interface Cell {
  text: string;
  value?: number | null;
  kind?: "version" | "label" | "tag" | "branch" | "time" | "code" | "quiet";
}
"""
        in text
    )
    assert "  points: Record<string, Point>;" in text
    assert "  verdict: Verdict | null;" in text
    assert "  marks: number[][];" in text
    assert "export type Payload =\n  | CommitView\n  | LogView\n" in text
