"""LightGBM: the evaluation sets, after each round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mvt.capture.recording import Recording

__all__ = ["callback"]


def callback(run: Recording) -> Callable[[Any], None]:
    """Return a callback that logs ``valid_0_l2`` and the like each round."""

    def curves(env: Any) -> None:
        found = {f"{data}_{metric}": float(value)
                 for data, metric, value, *_ in env.evaluation_result_list or ()}  # fmt: skip
        if found:
            run.log(found, step=env.iteration + 1)

    curves.order = 20  # type: ignore[attr-defined]
    return curves
