"""The Jupyter Server extension: a read-only window on repositories that needs no kernel."""
