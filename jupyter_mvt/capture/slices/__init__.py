"""Which lines made a value: what statements read and change, and the walk over all cells."""
