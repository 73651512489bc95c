"""A model that is a file, or a folder of files, given by its path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.files.source import FileSource, no_file
from jupyter_mvt.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ModelFile", "as_file"]

_MOST_FILES = 10_000
_ASIDE = frozenset({".git", ".mvt", "__pycache__", ".ipynb_checkpoints"})
_NAME = re.compile(r"\W+")
_FIRST = re.compile(r"[.\[]")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """The file or folder at `path`, to be kept as it is."""

    path: Path

    @property
    def name(self) -> str:
        """A name for a variable: ``models/bert-tiny.safetensors`` is ``bert_tiny``."""
        stem = self.path.name.partition(".")[0] or self.path.name
        word = _NAME.sub("_", stem).strip("_")
        return f"_{word}" if word[:1].isdigit() else word or "model"

    def sources(self) -> list[FileSource]:
        """Return its files, in order of their names.

        Raises
        ------
        CaptureError
            There is nothing there (code ``no-file``), or too much (code ``too-many-files``).
        """
        if not self.path.is_dir():
            return [FileSource(self.path)]
        found: list[FileSource] = []
        for path in _files(self.path):
            found.append(FileSource(path, path.relative_to(self.path).as_posix()))
            if len(found) > _MOST_FILES:
                msg = f"The folder {str(self.path)!r} holds more than {_MOST_FILES} files."
                raise CaptureError(
                    msg,
                    code="too-many-files",
                    hint="name the files you need: mvt commit model.safetensors",
                )
        if not found:
            msg = f"The folder {str(self.path)!r} holds no files."
            raise CaptureError(msg, hint="mvt status", code="no-file")
        return sorted(found, key=lambda source: source.name)


def _files(folder: Path) -> Iterator[Path]:
    """Return the files below `folder`; links are not followed out of it."""
    for path in sorted(folder.iterdir()):
        if path.name in _ASIDE:
            continue
        if path.is_dir():
            if not path.is_symlink():
                yield from _files(path)
        elif path.is_file():
            yield path


def as_file(given: Any, namespace: Mapping[str, Any]) -> ModelFile | None:
    """Return the file that a path, or a text that is no name of a variable, stands for.

    Raises
    ------
    CaptureError
        It is the path of nothing (code ``no-file``).
    """
    if isinstance(given, Path):
        path = given.expanduser()
        if not path.exists():
            raise no_file(path)
        return ModelFile(path)
    if not isinstance(given, str) or not given or "\0" in given or len(given) > 1000:
        return None
    if given in namespace or given.isidentifier():
        return None
    # ``clf.best`` may be an attribute: what the session knows comes before what the disk has.
    if _FIRST.split(given)[0] in namespace:
        return None
    path = Path(given).expanduser()
    if path.exists():
        return ModelFile(path)
    if "/" in given:
        raise no_file(path)
    return None
