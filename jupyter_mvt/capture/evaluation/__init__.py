"""Measuring a live model: its metrics and their errors, its time and its memory."""
