"""From live objects to parts and back. Knows nothing of history."""
