"""Rows that a version kept, for data that are gone or differ from what they were then."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.data.keeping import load_data
from jupyter_mvt.capture.rerun.judging import same_data
from jupyter_mvt.capture.slices.names import names_in
from jupyter_mvt.capture.slices.syntax import analyse
from jupyter_mvt.capture.slices.training import trainings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mvt.objects.dataset import Dataset
    from jupyter_mvt.objects.reader import ObjectReader

__all__ = ["StandIns", "kept_rows"]


def kept_rows(reader: ObjectReader, datasets: Iterable[Dataset]) -> StandIns:
    """Return what can stand in for `datasets`, of those that were stored."""
    stored = {one.var: one for one in datasets if one.stored}

    def load(name: str) -> Any:
        return load_data(reader, stored[name])

    def same(name: str, namespace: Mapping[str, Any]) -> bool:
        return same_data(stored[name], namespace) == "same"

    return StandIns(stored, load, same)


class StandIns:
    """Puts kept rows in the place of a name.

    They are the rows as they were when the version was made, so that they are put in right
    before the statement that trained on them, whatever statements before it did to others.

    Attributes
    ----------
    used
        Names that kept rows stand for.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        load: Callable[[str], Any] = lambda name: None,
        same: Callable[[str, Mapping[str, Any]], bool] = lambda name, namespace: True,
    ) -> None:
        self._names = frozenset(names)
        self._load = load
        self._same = same
        self._trainers: dict[str, tuple[int, str]] = {}
        self.used: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def learn(self, source: str) -> None:
        """Note which functions of a cell train what they are given."""
        if self._names:
            self._trainers.update(analyse(source, self._trainers).trainers)

    def trains(self, node: ast.stmt, namespace: dict[str, Any]) -> bool:
        """Tell whether a statement trains; what it trains on is put right before."""
        if not self._names:
            return False
        found = trainings(ast.Module(body=[node], type_ignores=[]), self._trainers)
        for name in sorted({arg.root for one in found for arg in one.arguments} & self._names):
            if not self._same(name, namespace):
                self._put(name, namespace)
        return bool(found)

    def bound_by(self, node: ast.stmt, namespace: dict[str, Any]) -> None:
        """Put rows in the place of what a statement that failed would have bound."""
        for name in sorted(names_in([node]).binds & self._names):
            self._put(name, namespace)

    def _put(self, name: str, namespace: dict[str, Any]) -> None:
        namespace[name] = self._load(name)
        self.used[name] = None
