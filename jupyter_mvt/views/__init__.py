"""Projections of results: text, HTML, MIME JSON. Pure functions of a value."""
