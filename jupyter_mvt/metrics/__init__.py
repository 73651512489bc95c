"""The metric store: a Parquet index derived from the commits, queried by DuckDB."""
