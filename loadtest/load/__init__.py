"""How much a machine carries: pupils who log in and answer, against the real server, beside PostgreSQL's own rate."""
