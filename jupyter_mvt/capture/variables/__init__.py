"""Variables kept beside a model: as data where that can be said, and what they share."""
