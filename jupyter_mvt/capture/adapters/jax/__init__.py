"""JAX: trees of arrays, Flax modules and training states, restored without pickle."""

from jupyter_mvt.capture.adapters.jax.adapter import ADAPTER

__all__ = ["ADAPTER"]
