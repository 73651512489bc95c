"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jupyter_mvt
from jupyter_mvt.commands.command import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "jupyter_mvt"
LABEXTENSION = PACKAGE / "labextension"
STATIC = PACKAGE / "widgets" / "static"

SOURCES = sorted(PACKAGE.rglob("*.py"))
LIBRARY = ("objects", "store", "metrics", "history", "capture", "compare", "api")
TOP_LEVEL = {
    *("pyproject.toml", "README.md", "jupyter_mvt", "js", "tests", "examples", "binder"),
    *("LICENSE", "Makefile", "ARCHITECTURE.md", "CHANGELOG.md"),
}
DRAWERS = {"utils", "util", "helpers", "common", "misc", "manager", "managers"}
# The doors: where a file may be written, and where a function may be long.
WRITERS = {"store/fs.py"}
LONGEST_FUNCTION = 60
MOST_METHODS, MOST_VERBS = 20, {"Repo": 30, "Version": 20}
# Namespaces and the ids of JSON schemas are names, not addresses that anything fetches.
HOSTS = re.compile(rb"https?://(?!www\.w3\.org/|127\.0\.0\.1|localhost)[\w.-]+")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def library() -> Iterator[Path]:
    return (path for path in SOURCES if room(path).split("/")[0] in LIBRARY)


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        return [path.relative_to(ROOT).as_posix() for path in SOURCES]
    return listed.stdout.splitlines()


# --- shape ---------------------------------------------------------------------------------


def test_floors_hold() -> None:
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_top_level_is_fixed() -> None:
    found = {name.split("/")[0] for name in tracked()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_no_drawers() -> None:
    assert [room(path) for path in SOURCES if path.stem in DRAWERS] == []


def test_files_are_short() -> None:
    python = [ROOT / name for name in tracked() if name.endswith(".py")]
    script = [
        ROOT / name for name in tracked() if re.fullmatch(r"js/src/(?!protocol/).*\.tsx?", name)
    ]
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in [*python, *script]
        if path.exists()
    }
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_functions_are_short() -> None:
    long = {
        f"{room(path)}:{node.name}": node.end_lineno - node.lineno + 1 - documented(node)
        for path in SOURCES
        for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno + 1 - documented(node) > LONGEST_FUNCTION
    }
    assert long == {}


def documented(node: ast.FunctionDef) -> int:
    """Return the lines of a docstring: saying more is no fault."""
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and ast.get_docstring(node) is not None
    return first.end_lineno - first.lineno + 1 if is_docstring else 0


def test_classes_are_small() -> None:
    large = {}
    for path in SOURCES:
        for node in nodes(path, ast.ClassDef):
            methods = [
                part
                for part in node.body
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
            facade = node.name in MOST_VERBS
            count = sum(not facade or is_verb(method) for method in methods)
            if count > MOST_VERBS.get(node.name, MOST_METHODS):
                large[f"{room(path)}:{node.name}"] = count
    assert large == {}


def is_verb(method: ast.FunctionDef) -> bool:
    """Tell a verb of the façade from its nouns (properties) and Python's own protocols."""
    return not method.decorator_list and not method.name.startswith("_")


def test_the_public_surface_is_pinned() -> None:
    assert sorted(jupyter_mvt.__all__) == [
        "Checkout",
        "CommitResult",
        "Diff",
        "MvtError",
        "Repo",
        "Status",
        "Version",
        "__version__",
        "init",
        "open",
    ]
    for name in jupyter_mvt.__all__:
        assert getattr(jupyter_mvt, name) is not None


# --- habits --------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes(path, ast.Call):
        yield ast.unparse(node.func), node


def writes(name: str, call: ast.Call) -> bool:
    """Tell whether a call puts something on the disk past the door."""
    if name in {"open", "io.open", "os.fdopen", "os.open"} or name.endswith(".open"):
        words = [*call.args, *(keyword.value for keyword in call.keywords)]
        modes = [word.value for word in words if isinstance(word, ast.Constant)]
        return any(
            isinstance(mode, str) and re.fullmatch(r"[rwaxbt+]*[wax+][bt+]*", mode)
            for mode in modes
        )
    module, _, verb = name.rpartition(".")
    if module == "os":
        return verb in {
            "rename",
            "replace",
            "remove",
            "unlink",
            "link",
            "symlink",
            "truncate",
            "mkdir",
        }
    return module == "shutil" or verb in {"write_text", "write_bytes", "touch", "rmdir"}


def test_only_the_door_writes_files() -> None:
    found = [
        f"{room(path)}:{call.lineno} {name}"
        for path in library()
        if room(path) not in WRITERS
        for name, call in calls(path)
        if writes(name, call)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("print", ()),
        ("input", ()),
        ("eval", ()),
        # Running a version's cells again is asked for, in a process of its own, after trust.
        ("exec", ("capture/rerun/running.py",)),
        ("datetime.now", ("objects/clock.py",)),
        ("time.time", ("objects/clock.py",)),
        ("os.getenv", ()),
        ("Path.home", ()),
    ],
)
def test_the_library_does_not_call(name: str, allowed: tuple[str, ...]) -> None:
    found = [
        f"{room(path)}:{call.lineno}"
        for path in library()
        if room(path) not in allowed
        for called, call in calls(path)
        if called == name or called.endswith(f".{name}")
    ]
    # compile-time lookups such as re.compile or model.eval() are other things of the same name
    assert [place for place in found if name not in {"eval", "exec"} or bare(place, name)] == []


def bare(place: str, name: str) -> bool:
    file, _, line = place.rpartition(":")
    return any(
        called == name and call.lineno == int(line) for called, call in calls(PACKAGE / file)
    )


def test_the_library_does_not_read_the_environment() -> None:
    found = [
        f"{room(path)}:{node.lineno}"
        for path in library()
        for node in nodes(path, ast.Attribute)
        if ast.unparse(node) == "os.environ"
    ]
    assert found == []


def test_only_one_room_unpickles() -> None:
    found = {
        room(path)
        for path in SOURCES
        for name, _ in calls(path)
        if re.fullmatch(r"(pickle|cloudpickle|joblib|dill)\.(load|loads|Unpickler)", name)
    }
    assert found <= {"capture/pickling.py"}


# --- words ---------------------------------------------------------------------------------


def raised_codes() -> list[tuple[str, str]]:
    """Return (code, error class) of every code that is given where an error is made."""
    return [
        (keyword.value.value, name.rpartition(".")[2])
        for path in SOURCES
        for name, call in calls(path)
        for keyword in call.keywords
        if keyword.arg == "code" and name.endswith("Error")
        if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    ]


def class_codes() -> list[tuple[str, str]]:
    errors = PACKAGE / "errors.py"
    return [
        (part.value.value, node.name)
        for node in nodes(errors, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.Assign)
        and ast.unparse(part.targets[0]) == "code"
        and isinstance(part.value, ast.Constant)
    ]


def test_error_codes_are_unique_and_kebab_case() -> None:
    kinds: dict[str, set[str]] = {}
    for code, name in [*raised_codes(), *class_codes()]:
        kinds.setdefault(code, set()).add(name)
    assert [code for code in kinds if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code)] == []
    assert {code: names for code, names in kinds.items() if len(names) > 1} == {}
    own = Counter(code for code, _ in class_codes())
    assert [code for code, count in own.items() if count > 1] == []


def named_verbs(text: str) -> list[str]:
    """Return the verbs that a text tells a reader to use."""
    magic = re.findall(r"%%?mvt ([a-z][a-z-]*)", text)
    return magic + re.findall(r"^mvt ([a-z][a-z-]*)", text)


def test_every_command_that_a_text_names_exists() -> None:
    lost = {
        f"{room(path)}:{node.lineno} {verb}"
        for path in SOURCES
        for node in nodes(path, ast.Constant)
        if isinstance(node.value, str)
        for verb in named_verbs(node.value)
        if verb not in VERBS
    }
    assert lost == set()


# --- what is shipped -----------------------------------------------------------------------


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def built() -> list[Path]:
    folders = [LABEXTENSION, STATIC]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def test_the_front_end_is_small() -> None:
    widgets = {p.name: p.stat().st_size for p in STATIC.rglob("*") if p.is_file()}
    assert {name: size for name, size in widgets.items() if size >= 60_000} == {}
    assert LABEXTENSION.is_dir(), "build it first: make js"
    assert sum(path.stat().st_size for path in LABEXTENSION.rglob("*") if path.is_file()) < 250_000


def test_the_front_end_names_no_host() -> None:
    found = {
        (path.name, host.decode())
        for path in built()
        if path.suffix in {".js", ".css"}
        for host in HOSTS.findall(path.read_bytes())
    }
    assert found == set()


def milliseconds(code: str) -> float:
    probe = f"import time; a = time.perf_counter(); {code}; print(1000 * (time.perf_counter() - a))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_the_import_costs_next_to_nothing() -> None:
    own = [milliseconds("import jupyter_mvt") for _ in range(7)]
    # A yardstick taken at the same moment on the same machine: importing asyncio is ~30 ms of
    # pure standard library, so a busy machine stretches both alike.
    yardstick = [milliseconds("import asyncio") for _ in range(7)]
    assert min(own) < 20 or statistics.median(own) < statistics.median(yardstick) / 2


def test_the_import_brings_no_heavy_package() -> None:
    heavy = "pandas pyarrow duckdb numpy scipy backports IPython tornado altair anywidget"
    code = f"import sys, jupyter_mvt; print(sorted(set({heavy.split()}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
