"""Content as code for LinkedIn: validate, plan, publish exactly once."""

__version__ = "0.2.0"
