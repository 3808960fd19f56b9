"""Workers: due posts become jobs in PostgreSQL, and any number of machines carry them out."""
