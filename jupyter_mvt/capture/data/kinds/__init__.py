"""Kinds of datasets, one library a file; see `jupyter_mvt.capture.data.kind`."""
