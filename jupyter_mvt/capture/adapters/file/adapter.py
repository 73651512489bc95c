"""A file given by its path. It is read and never loaded; a checkout gives it back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mvt.objects.commit import Param

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.capture.adapter import Frozen, Role, Skeleton, Sources
    from jupyter_mvt.capture.files.freeze import FrozenFile

__all__ = ["ADAPTER", "FileAdapter"]


class FileAdapter:
    """See `capture.files`. Only what was named as a path is a model of this kind."""

    name = "file"
    format = "file/1"
    priority = 50
    match: tuple[str, ...] = ("jupyter_mvt.capture.files.model.ModelFile",)

    def detect(self, obj: Any) -> Role | None:
        """Return ``"file"``."""
        del obj
        return "file"

    def is_fitted(self, obj: Any) -> bool:
        """Say yes: what is in a file is nobody's business here."""
        del obj
        return True

    def children(self, obj: Any) -> Iterable[Any]:
        """Return nothing."""
        del obj
        return ()

    def params(self, obj: Any) -> tuple[Param, ...]:
        """Return formats, and what headers say about their files."""
        from jupyter_mvt.capture.files.freeze import layout_of

        sources = obj.sources()
        found = []
        for source in sources:
            layout, _ = layout_of(source)
            lead = "" if len(sources) == 1 else f"{source.name}."
            found.append(Param(name=f"{lead}format", value=layout.format))
            found += [
                Param(name=f"{lead}metadata.{key}", value=value) for key, value in layout.facts
            ]
        return tuple(found)

    def framework(self) -> str:
        """Return ``"file"``."""
        return "file"

    def token(self, obj: Any) -> object:
        """Return the path, size and time of change."""
        stat = obj.path.stat()
        return (str(obj.path), stat.st_size, stat.st_mtime_ns)

    def freeze(self, obj: Any, sources: Sources) -> Frozen:
        """Return the file's ranges as parts, and the recipe.

        Raises
        ------
        CaptureError
            There is no such file (``no-file``), or it changes meanwhile (``part-changed``).
        """
        from jupyter_mvt.capture.files.freeze import freeze_file

        del sources
        files = obj.sources()
        alone = len(files) == 1 and obj.path.is_file()
        return _frozen([freeze_file(file, "" if alone else f"{file.name}/") for file in files])

    def restore(self, skeleton: Skeleton) -> Any:
        """Return the `StoredFiles`; nothing of them is loaded."""
        from jupyter_mvt.capture.files.rebuild import stored_files

        return stored_files(skeleton.state, skeleton.entries, skeleton.pieces)


def _frozen(files: list[FrozenFile]) -> Frozen:
    from jupyter_mvt.capture.adapter import Frozen
    from jupyter_mvt.capture.declarative.freeze import count_weights
    from jupyter_mvt.objects.encode import encode
    from jupyter_mvt.objects.ids import digest
    from jupyter_mvt.objects.snapshot import Bundle

    parts = tuple(part for file in files for part in file.parts)
    arrays = [(part.path, part.dtype, part.shape) for part in parts if part.dtype != "bytes"]
    notes = [file.note for file in files if file.note]
    notes += [
        f"{file.name} holds a pickle: it is kept as it is, and loading it runs code"
        for file in files
        if file.layout.code
    ]
    recipe = {"format": "file/1", "files": [file.recipe() for file in files]}
    return Frozen(
        bundle=Bundle(parts=parts),
        state=encode(recipe),
        state_kind="tensors",
        state_identity=digest(encode([(file.name, file.digest) for file in files])),
        arch=digest(encode(arrays or [file.layout.format for file in files])),
        n_weights=count_weights(parts),
        lost=tuple(notes),
    )


ADAPTER = FileAdapter()
