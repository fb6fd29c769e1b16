"""One history of the tables of all packages; `peil.database.migrate` runs it."""
