"""LinkedIn's resources, one module each."""
