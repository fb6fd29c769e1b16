"""The composition root: settings, database, command line, pipeline, web; it converts between the packages."""

__all__: list[str] = []
