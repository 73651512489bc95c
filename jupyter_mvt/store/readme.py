"""The text that every repository carries, so that it can be read without this program."""

from __future__ import annotations

__all__ = ["README_TEXT"]

README_TEXT = """\
# A jupyter_mvt repository (format 1)

Versions of machine-learning models with all that made them. Nothing here is edited in place:
files are written once under their final name and are read-only from then on. Delete none of
them by hand, except that `checkpoints/`, `segments/`, `index/`, `seen/`, `tmp/` and `reserve/`
can be rebuilt. Every digest is BLAKE3-256, 64 hexadecimal digits in text, 32 bytes in binary.
Binary numbers are little endian and unsigned.

## Framed records

`format`, operations and checkpoints are text of two lines: the digest of the second line
(without its newline), then canonical JSON: keys sorted, no white space, UTF-8. What JSON lacks
is tagged: {"$float":"nan"} ("inf", "-inf"), {"$int":"9007199254740993"} beyond 2^53, and
{"$map":[[key,value],...]} for objects with keys that start with "$".

`format` holds the format's number, the repository's random id, this file's digest and the
durability ("full": every acknowledged change survives a power cut; "fast": it may not).

## Operations: ops/000000000001, ...

The log of all changes, and the only truth. An operation is published by giving its file the
next number, if no other process was faster. `prev` is the digest of the whole file before;
`changes` is a list of [ref, old, new] where a ref is branch/NAME, tag/NAME, label/NAME or
default, old and new are version ids or null; or a mark: settings (canonical JSON), thin/VERSION
(its models and variables may be gone, on purpose), trash/PACK or trash/table-DIGEST (time in
microseconds since 1970 from which that may be deleted, or "gone"), eval/VERSION/N (canonical
JSON: what was measured of a version since; `examples` names tables/DIGEST.parquet). Folding
all changes gives all refs. `commit`, if there, is a version: its id (`commit_id`) is the digest
of its canonical JSON. Versions are numbered v1, v2, ... in the order of the log.

In a version, `content.models[].weights` (also `optimizer`, and `content.variables[].weights`)
is the id of a manifest; `state`, `schema_id`, `cells_id`, `env_id` and the second items of
`code_refs` are ids of plain objects: JSON as above, text, or, where `state_kind` is "pickle", a
Python pickle (a program: do not load one that you do not trust).

## Objects: packs/DIGEST.pack

An object is a run of bytes named by its digest. A pack holds many:

    0        "MVTPACK", 01, eight zero bytes
    ...      the objects' bytes, gaps between them zero
    rows     per object: id (32), offset (8), stored length (8), length (8), encoding (1)
    trailer  offset of the rows (8), number of rows (8), digest of the rows (32), "MVTPACK", 01

The trailer is the last 56 bytes. A pack is named after the digest of its rows. The digest of an
object is always of its plain bytes, however it is stored. Encoding 0: the bytes as they are.
Encoding 1: one zstd frame. Encoding 2, numbers as byte planes: the size of a number, S (1: it is
1, 2, 4 or 8); S times a kind (1) and a length (4); S planes, the lowest bytes of all numbers
first, each as it is (kind 0) or one zstd frame (kind 1); the bytes left over. Encoding 3, a
difference: the id of a keyframe (32), an object of the same length that is not itself encoded so,
then encoding 2 of the steps. A step s stands for d = (s >> 1) XOR -(s AND 1), and the number is
the keyframe's plus d, as unsigned integers of S bytes; left over bytes are plain.

## Manifests

An object that says which named arrays a model consists of. Numbers are LEB128 (seven bits a
byte, low ones first, the high bit says that more follow); strings are a length and UTF-8:

    "MVTM", 01
    number of dtypes, each a string
    number of entries, sorted by path, each:
        bytes shared with the path before, length of the rest, the rest
        index of the dtype, flags (1: volatile), number of dimensions, dimensions
        number of bytes, number of chunks, chunk ids (32 each)
    number of ties, each two strings: a further name, and the entry it is

The content of an entry is its chunks joined: an array in C order, little endian; dtypes are
numpy's names, "bfloat16", "float8_..." or "bytes". The identity of a manifest is the digest of
the same encoding without volatile entries.

Weights are cut into chunks of 8 MiB. What shifts (rows, text, opaque files) is cut by FastCDC
2020 (16, 64 and 256 KiB, normalization 1), each cut rounded down to a whole number of its dtype;
a reader need not know, only a writer that wants to share.

## Files

A model that is a file has a recipe as its state: JSON, per file its name, size, BLAKE3, prefix
and pieces. A piece [n, path] is n bytes of the entry prefix + "~frame", going on where the piece
before stopped, then the whole entry called path, if that is not null.

## Derived files

`checkpoints/N` holds all refs after operation N, and the versions and label moves of the 256
operations up to it. `segments/N` is the files of those operations joined. `index/` holds
Parquet tables of versions, metrics and params for SQL. `seen/` holds fingerprints of files that
versions were made with, by their sizes and times. `tmp/` holds unfinished files.

`reserve/` holds room, and no meaning: when the disk is full its files are given up one by one, so
that a label can be moved back, a change undone and old versions dropped. They come back by
themselves once there is room.
"""
