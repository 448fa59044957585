"""SQL of our own that no parameter can stand for: DuckDB takes none in `attach`, `copy` and
`comment`."""


def literal(value: object) -> str:
    """A text (or a path) as a SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
