"""Media files: facts from their bytes."""
