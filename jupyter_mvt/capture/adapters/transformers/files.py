"""Tokenizers and processors as the files that they save themselves as.

Their own format is the only complete account of them. Reading goes by ``from_pretrained`` on a
folder that holds just these files: no code of theirs, no network.
"""

from __future__ import annotations

import json
import re
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_mvt.capture.declarative.graph import Node, refuse
from jupyter_mvt.store.fs import OsDisk

if TYPE_CHECKING:
    from jupyter_mvt.capture.declarative.decoder import Decoder
    from jupyter_mvt.capture.declarative.encoder import Encoder

__all__ = ["KIND", "read_files", "write_files"]

KIND = "transformers:files"
_NAME = re.compile(r"[A-Za-z0-9_-][\w.-]{0,99}\.(?:json|jsonl|txt|model|jinja|spm|bpe|vocab)\Z")
_MOST = 64
_PASSING = ("is_local", "local_files_only", "name_or_path", "trust_remote_code")


def write_files(encoder: Encoder, value: Any, path: str) -> Node:
    """Return the node of a tokenizer or processor."""
    cls = encoder.value(type(value), path)
    with tempfile.TemporaryDirectory(prefix="mvt-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value.save_pretrained(folder)
        contents = {
            file.relative_to(folder).as_posix(): _steady(file.name, file.read_bytes())
            for file in sorted(Path(folder).rglob("*"))
            if file.is_file()
        }
    for name in [name for name in contents if not _NAME.match(name)]:
        encoder.lost.append(f"the file {name} of the {type(value).__name__} is not kept")
        del contents[name]
    files = [[name, _add(encoder, content, f"{path}.{name}" if path else name)]
             for name, content in contents.items()]  # fmt: skip
    return [KIND, cls, files]


def _steady(name: str, content: bytes) -> bytes:
    """Return a file's content without where it was loaded from."""
    if name != "tokenizer_config.json":
        return content
    kept = {key: item for key, item in json.loads(content).items() if key not in _PASSING}
    return json.dumps(kept, indent=2, sort_keys=True, ensure_ascii=False).encode()


def _add(encoder: Encoder, content: bytes, path: str) -> str:
    return encoder.array(np.frombuffer(content, np.uint8), path)


def read_files(decoder: Decoder, node: Node, index: int) -> Any:
    """Return the tokenizer or processor, read from a folder of its own."""
    del index
    _, named, files = node
    cls = decoder.value(named)
    if not isinstance(files, list) or len(files) > _MOST or not hasattr(cls, "from_pretrained"):
        refuse("the files of a tokenizer are malformed")
    disk = OsDisk()
    with tempfile.TemporaryDirectory(prefix="mvt-") as folder:
        for name, path in files:
            content = decoder.array(path).tobytes()
            if not isinstance(name, str) or not _NAME.match(name) or b'"auto_map"' in content:
                refuse("a file of a tokenizer is not one of those")
            handle = disk.create(str(Path(folder, name)))
            disk.write(handle, content)
            disk.close(handle)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = cls.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if hasattr(value, "name_or_path"):
        value.name_or_path = ""
    return value
