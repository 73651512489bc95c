"""Arrays of JAX."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_mvt.capture.data.kind import Table
from jupyter_mvt.capture.data.kinds.numpy import from_array
from jupyter_mvt.errors import CaptureError

__all__ = ["KIND", "JaxKind"]

_KNOWN = "biufcMm"


class JaxKind:
    """Arrays on any device, or on several, by the content that they have on the host."""

    name = "jax"
    match: tuple[str, ...] = ("jaxlib.ArrayImpl",)

    def table(self, obj: Any) -> Table:
        """Return the columns of the array that numpy makes of it."""
        try:
            host = np.asarray(obj)
        except RuntimeError as error:
            # Given away to a function ("donated"), or in part on another machine.
            msg = f"The array cannot be read: {str(error)[:200]}"
            hint = "name an array that is still there: mvt commit --data X_train"
            raise CaptureError(msg, hint=hint, code="unreadable-data") from error
        return from_array(_widened(host), "jax")


KIND = JaxKind()


def _widened(host: Any) -> Any:
    """Return numbers that numpy does not know (bfloat16, float8, int4) as the next ones it does."""
    if host.dtype.kind in _KNOWN:
        return host
    name = host.dtype.name
    wider = np.float32 if "float" in name else np.uint8 if name.startswith("u") else np.int8
    return host.astype(wider)  # exact, as every one of their numbers is among those
