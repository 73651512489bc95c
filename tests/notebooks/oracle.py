"""Which model did a cell train? A second opinion, made independently of what it judges.

It runs inside the kernel, knows nothing of jupyter_mvt, and looks at the text of the cell and at
the live objects: receivers of ``fit`` and the like, models given to functions that train, and
modules whose parameters are named where a backward pass is made.
"""

from __future__ import annotations

import ast
import re

FIT = {"fit", "partial_fit", "fit_predict", "train_on_batch", "fit_generator"}
TRAIN = {"train", "fine_tune", "learn", "backward", "step"}
FUNCTIONS: dict[str, ast.AST] = {}


def plain(cell: str) -> str:
    """Return a cell without magics."""
    lines = cell.split("\n")
    if lines and lines[0].startswith("%%"):
        lines[0] = ""
    return "\n".join("pass" if re.match(r"\s*[%!]", line) else line for line in lines)


def is_model(value: object) -> bool:
    """Tell whether it predicts: an estimator, a module, a booster, fitted results."""
    cls = type(value)
    names = [f"{base.__module__}.{base.__name__}" for base in cls.__mro__]
    if isinstance(value, type) or any("optim" in name or ".loss" in name for name in names):
        return False
    if any(name == "torch.nn.modules.module.Module" for name in names):
        return bool(list(value.parameters()))  # type: ignore[attr-defined]
    if "statsmodels.base.wrapper.ResultsWrapper" in names:
        return True  # it predicts through what it wraps
    return any(hasattr(cls, name) for name in ("predict", "predict_proba", "fit_predict"))


def trained(cell: str, names: dict[str, object]) -> list[list[str]]:
    """Return, one entry a training statement, the names that may stand for what it trained."""
    try:
        tree = ast.parse(plain(cell))
    except SyntaxError:
        return []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            FUNCTIONS[node.name] = node
    found = []
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        for call in sorted(
            (node for node in ast.walk(statement) if isinstance(node, ast.Call)),
            key=lambda node: (node.lineno, node.col_offset),
        ):
            # The receiver of a chain may be what the statement binds: m = Model().fit(X).
            entry = sorted(people(statement, call, names)) if trains(call) else []
            if entry:
                found.append(entry)
    return found


def would_train(cell: str) -> bool:
    """Tell whether a cell that failed would have trained something, by its text alone."""
    try:
        tree = ast.parse(plain(cell))
    except SyntaxError:
        return False
    statements = (s for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef)))
    return any(isinstance(node, ast.Call) and trains(node)
               for statement in statements for node in ast.walk(statement))  # fmt: skip


def trains(call: ast.Call, depth: int = 0) -> bool:
    """Tell whether a call trains, itself or within the function that it calls."""
    if isinstance(call.func, ast.Attribute):
        if call.func.attr in FIT:
            return True
        return call.func.attr in TRAIN and (bool(call.args) or call.func.attr == "backward")
    if isinstance(call.func, ast.Name) and call.func.id in FUNCTIONS and depth < 4:
        inside = ast.walk(FUNCTIONS[call.func.id])
        return any(isinstance(node, ast.Call) and trains(node, depth + 1) for node in inside
                   if node is not call)  # fmt: skip
    return isinstance(call.func, ast.Attribute) is False and getattr(call.func, "id", "") == "train"


def people(statement: ast.stmt, call: ast.Call, names: dict[str, object]) -> set[str]:
    """Return names of models that the statement mentions, nearest to the call first."""
    near = roots(call) & model_names(names)
    if near:
        # What a fit gives back may be the fitted model: results = OLS(y, X).fit().
        value = getattr(statement, "value", None)
        given = roots_of_targets(statement) if value is call else set()
        near |= given & model_names(names)
        return near | aliases(near, names)
    bound = {node.id for node in ast.walk(statement)
             if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    wide = (bound | roots(statement)) & model_names(names)
    if not wide and is_backward(call):
        wide = model_names(names)
    return wide | aliases(wide, names)


def roots_of_targets(statement: ast.stmt) -> set[str]:
    """Return the plain names that an assignment binds."""
    targets = getattr(statement, "targets", [])
    return {target.id for target in targets if isinstance(target, ast.Name)}


def is_backward(call: ast.Call) -> bool:
    """Tell whether a call is of a loop that never names its model."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("backward", "step")


def roots(node: ast.AST) -> set[str]:
    """Return all names below a node."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def model_names(names: dict[str, object]) -> set[str]:
    """Return names of models, and of containers that hold some."""
    found = set()
    for name, value in list(names.items()):
        if name.startswith("_"):
            continue
        held = list(value.values()) if type(value) is dict else value
        if is_model(value) or (type(held) in (list, tuple) and any(
                is_model(item) or (type(item) is tuple and any(map(is_model, item)))
                for item in held)):  # fmt: skip
            found.add(name)
    return found


def aliases(given: set[str], names: dict[str, object]) -> set[str]:
    """Return other names of the same objects, of their parts and of what holds them."""
    ids = {id(names[name]) for name in given}
    parts = set(ids)
    for name in given:
        value = names[name]
        parts |= {id(item) for item in getattr(value, "__dict__", {}).values()}
        if type(value) in (list, tuple, dict):
            items = value.values() if type(value) is dict else value
            parts |= {id(item) for item in items}
    found = set()
    for name, value in list(names.items()):
        held = value.values() if type(value) is dict else value if type(value) is list else ()
        if not name.startswith("_") and (id(value) in parts or ids & set(map(id, held))):
            found.add(name)
    return found & model_names(names)
