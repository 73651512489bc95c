"""Run a notebook through a real kernel, print what a reader would see, and leave it as HTML.

    python examples/run.py examples/quickstart.ipynb --into build/demo

The notebook is copied first, so that the original stays as it is and the repository that it makes
lands in the folder of the copy.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter

if TYPE_CHECKING:
    from collections.abc import Callable


def execute(notebook: Path, folder: Path, show: Callable[[str], None] = print) -> Any:
    """Execute a copy of a notebook inside a fresh folder, showing each cell once it is done."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # This environment's kernel and a profile of its own, whatever the user has installed.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["IPYTHONDIR"] = str(folder.resolve() / ".ipython")
    book = nbformat.read(notebook, as_version=4)

    def done(cell: Any, **_: Any) -> None:
        show(as_text(cell))

    client = NotebookClient(
        book,
        extra_arguments=["--log-level=ERROR"],
        timeout=300,
        resources={"metadata": {"path": str(folder)}},
        on_cell_executed=done,
    )
    with client.setup_kernel():
        for index, cell in enumerate(book.cells):
            if cell.cell_type == "markdown":
                show(f"\n{cell.source}\n")
            else:
                client.execute_cell(cell, index)
    nbformat.write(book, folder / notebook.name)
    return book


def as_text(cell: Any) -> str:
    """Return a code cell the way a terminal shows it: source, then outputs."""
    count = cell.get("execution_count") or " "
    source = textwrap.indent(cell.source, "   ").lstrip()
    return "\n".join([f"[{count}] {source}", *(output_text(output) for output in cell.outputs)])


def output_text(output: Any) -> str:
    """Return the plain text of one output."""
    match output.output_type:
        case "stream":
            text = output.text
        case "error":
            text = "\n".join(output.traceback)
        case _:
            text = output.data.get("text/plain", f"<{', '.join(output.data)}>")
    return textwrap.indent(text.rstrip("\n"), "    ")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    chosen = parser.parse_args()
    try:
        book = execute(chosen.notebook, chosen.into)
    except CellExecutionError as failure:
        print(failure, file=sys.stderr)
        return 1
    page, _ = HTMLExporter().from_notebook_node(book)
    target = chosen.into / f"{chosen.notebook.stem}.html"
    target.write_text(page, encoding="utf-8")
    print("-" * 100)
    print(f"executed notebook: {chosen.into / chosen.notebook.name}")
    print(f"as a web page:     {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
