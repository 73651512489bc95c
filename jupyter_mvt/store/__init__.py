"""Bytes: the door to the disk, backends, packs, the operation log, verification."""
