"""Runs lines of cells in a namespace, as a notebook would, without one."""

from __future__ import annotations
import __future__

import ast
import asyncio
import inspect
import linecache
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from jupyter_mvt.capture.rerun.plan import Piece
from jupyter_mvt.capture.rerun.shell import Captures, Commands, Reloads, Shell
from jupyter_mvt.capture.rerun.standins import StandIns
from jupyter_mvt.capture.slices.lines import CAPTURE, PLAIN_MAGIC, RELOADS, SHELL, plain_lines
from jupyter_mvt.capture.slices.syntax import analyse
from jupyter_mvt.errors import CaptureError

__all__ = ["CellFailed", "Session"]


_FUTURE = __future__.annotations.compiler_flag
_VALUE = "__mvt_answer__"


class CellFailed(Exception):
    """A statement raised; ``order`` tells in which run."""

    def __init__(self, order: int, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.order = order


class Session:
    """A fresh ``__main__`` with what notebooks take for granted.

    Attributes
    ----------
    namespace
        Names and values.
    skipped
        Magics and shell lines that were left out.
    """

    def __init__(
        self, stand_ins: StandIns | None = None, inputs: Iterable[str] = (), home: str = ""
    ) -> None:
        self._stand_ins = stand_ins or StandIns()
        self._pending: CellFailed | None = None
        self._captures, self._reloads = Captures(), Reloads()
        main = types.ModuleType("__main__")
        self.skipped: dict[str, None] = {}
        commands = Commands(home, self.skipped)
        answers: dict[int, Any] = {}
        main.__dict__.update(display=self._captures.show, Out=answers, _oh=answers)
        shell = Shell(main.__dict__, commands, lambda text: exec(text, main.__dict__))
        main.__dict__.update(
            {
                "get_ipython": lambda: shell,
                SHELL: commands,
                CAPTURE: self._captures,
                RELOADS: self._reloads,
            }
        )
        self._inputs = ["", *inputs]
        sys.modules["__main__"] = main
        self.namespace = main.__dict__
        self._future = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, piece: Piece) -> None:
        """Run a piece, statement by statement.

        Raises
        ------
        CellFailed
            A statement raised that did not raise then.
        """
        text = self._text(piece)
        name = f"<cell {piece.order}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        try:
            tree = ast.parse(text, name)
        except SyntaxError as error:
            raise CellFailed(piece.order, error) from error
        self._stand_ins.learn(text)
        self._typed(piece)
        self._reloads.check()
        try:
            self._all(tree, piece, text, name)
        finally:
            self._captures.end()
            self._reloads.learn()

    def _all(self, tree: ast.Module, piece: Piece, text: str, name: str) -> None:
        answer = _answer(piece)
        for node in tree.body:
            trains = self._stand_ins.trains(node, self.namespace)
            try:
                if isinstance(node, ast.Expr) and node.end_lineno == answer:
                    node = ast.copy_location(_bound(node.value), node)
                self._one(ast.Module(body=[node], type_ignores=[]), name)
                self._answered(piece.order)
            except CaptureError:
                # What cells keep is no part of what is made: its trouble must not end that.
                self.skipped.setdefault(text.split("\n")[node.lineno - 1].strip())
            except (Exception, SystemExit) as error:
                last = node.end_lineno or node.lineno
                # A name that a decorator lacks is missed in the decorator's line.
                first = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
                if not first <= piece.failed_at <= last:
                    self._failed(CellFailed(piece.order, error), node, trains)
            else:
                self._pending = None if trains else self._pending

    def settle(self) -> None:
        """Raise what failed, unless a model was trained on kept rows all the same.

        Raises
        ------
        CellFailed
            A statement raised that did not raise then.
        """
        if self._pending is not None:
            raise self._pending

    def _failed(self, failure: CellFailed, node: ast.stmt, trains: bool) -> None:
        if trains or not self._stand_ins:
            raise self._pending or failure
        # Its file may be gone: kept rows may stand in for it, here or where they are trained on.
        self._pending = self._pending or failure
        self._stand_ins.bound_by(node, self.namespace)

    def definitions(self, pieces: Iterable[Piece]) -> dict[str, str]:
        """Return name → text of the statement that bound it last."""
        found: dict[str, str] = {}
        for piece in pieces:
            found.update(analyse(self._text(piece)).definitions)
        return found

    def close(self) -> None:
        """Give the event loop back."""
        if self._loop is not None:
            self._loop.close()

    def _text(self, piece: Piece) -> str:
        """Return the lines to run at their own numbers, all others blank."""
        lines = piece.source.split("\n")
        wanted = {n for first, last in piece.spans for n in range(first, last + 1)}
        kept = [line if n in wanted else "" for n, line in enumerate(lines, 1)]
        text = "\n".join(kept)
        try:
            ast.parse(text)
        except SyntaxError:
            said = plain_lines(piece.source)
            if piece.source.lstrip().startswith("%%") and sum(map(bool, said)) == 1:
                return "\n".join(said)  # another language, said in one line
            pairs = zip(kept, said, strict=True)
            plain = [other if line.strip() else line for line, other in pairs]
            for line, other in zip(kept, plain, strict=True):
                lost = other.strip() in ("", "pass") or other.endswith("= None")
                if line != other and lost and not PLAIN_MAGIC.match(line):
                    self.skipped.setdefault(line.strip())
            text = "\n".join(plain)
        return text

    def _one(self, module: ast.Module, name: str) -> None:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | self._future
        code = compile(module, name, "exec", flags, dont_inherit=True)
        self._future |= code.co_flags & _FUTURE  # all later cells are read so, too
        if code.co_flags & inspect.CO_COROUTINE:
            self._await(types.FunctionType(code, self.namespace))
        else:
            exec(code, self.namespace)

    def _typed(self, piece: Piece) -> None:
        """Give the texts of cells the names that IPython gives them: ``In``, ``_i``, ``_i3``."""
        texts = [*self._inputs[: piece.order], piece.source]
        self.namespace["In"] = self.namespace["_ih"] = texts
        last = ["", "", "", *texts[:-1]]
        self.namespace.update(_i=last[-1], _ii=last[-2], _iii=last[-3])
        self.namespace.update({f"_i{number}": one for number, one in enumerate(texts) if number})

    def _answered(self, order: int) -> None:
        """Give an answer the names that IPython gives it: ``_``, ``_3``, ``Out[3]``."""
        value = self.namespace.pop(_VALUE, None)
        if value is None:
            return
        self._captures.show(value)
        names = self.namespace
        names["___"], names["__"], names["_"] = names.get("__"), names.get("_"), value
        names[f"_{order}"] = names["Out"][order] = value

    def _await(self, start: Callable[[], Any]) -> None:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(start())


def _answer(piece: Piece) -> int:
    """Return the last line of the expression that a cell answered with, 0 if it did not."""
    try:
        body = ast.parse("\n".join(plain_lines(piece.source))).body
    except SyntaxError:
        return 0
    silent = piece.source.rstrip().endswith(";")
    return (
        (body[-1].end_lineno or 0) if body and isinstance(body[-1], ast.Expr) and not silent else 0
    )


def _bound(value: ast.expr) -> ast.Assign:
    name = ast.copy_location(ast.Name(_VALUE, ast.Store()), value)
    return ast.Assign(targets=[name], value=value)
