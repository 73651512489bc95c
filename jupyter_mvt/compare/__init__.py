"""Two versions in, a `Diff` value out. One aspect a file, on values only."""
