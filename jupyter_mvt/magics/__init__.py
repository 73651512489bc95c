"""``%mvt`` and ``%%mvt``: the notebook's way to talk to a repository."""
