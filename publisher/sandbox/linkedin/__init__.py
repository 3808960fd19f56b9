"""The emulator of LinkedIn: OAuth, ``/v2`` and ``/rest``."""
