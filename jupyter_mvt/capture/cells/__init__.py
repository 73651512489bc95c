"""The cells of a session: what ran, what was seen of it, what it showed."""
