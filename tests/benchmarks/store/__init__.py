"""How fast and how small the store is, with its peers beside it in the same run."""
