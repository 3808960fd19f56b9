"""A project kept up to date while it is written: what changed is read again, and nothing else."""
