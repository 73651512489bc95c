"""Frozen values, canonical encoding and ids. No I/O."""
