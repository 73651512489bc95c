"""Datasets: live data of any library as columns, and their fingerprints, profiles and content."""
