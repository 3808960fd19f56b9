"""Every error the product raises on purpose.

::

    PublisherError                 message, remedy, exit code
    ├── UsageError                 2: arguments or configuration
    │   └── ConfigError            2: publisher.yaml, with its diagnostics
    ├── ContentError               1: the content has errors
    ├── StateError                 2: the state can't be read, is foreign, newer or broken
    │   ├── StateLocked            1: another run holds the lock
    │   └── StateConflict          1: an entry changed under us; nothing was written
    ├── StalePlanError             1: a saved plan no longer describes the project
    └── ApiError                   1: LinkedIn answered, or did not
        ├── Unauthorized           401: the token is missing, bad, expired or revoked
        │   └── UntrustedHost      not sent: a secret would go to a host that only a project file names
        ├── Forbidden              403: permission or field not allowed
        ├── Rejected               400, 404, 405, 413, 415, 422: nothing was created
        │   └── Duplicate          422 DUPLICATE_POST, with the URN it names
        ├── VersionInactive        426: Linkedin-Version is not active
        ├── RateLimited            429: with the time from which to try again
        ├── Unavailable            a safe call failed for good; nothing is in doubt
        └── OutcomeUnknown         3: the request left and its outcome is unknown
            └── Unrecorded         3: it worked, and the state could not be written
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the help needs none
    from publisher.model.diagnostic import Diagnostic

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_UNKNOWN = 3
EXIT_CHANGES = 4
EXIT_INTERRUPTED = 130


class PublisherError(Exception):
    """Anything a user can be told in one sentence, with the remedy in a second one."""

    exit_code = EXIT_FAILED

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(PublisherError):
    """The command line or the project's set-up is wrong."""

    exit_code = EXIT_USAGE


class ConfigError(UsageError):
    """``publisher.yaml`` is wrong; ``diagnostics`` say where."""

    def __init__(self, message: str, remedy: str = "", diagnostics: "Sequence[Diagnostic]" = ()) -> None:
        super().__init__(message, remedy)
        self.diagnostics = tuple(diagnostics)


class ContentError(PublisherError):
    """The content has errors; ``diagnostics`` say where."""

    def __init__(self, message: str, remedy: str = "", diagnostics: "Sequence[Diagnostic]" = ()) -> None:
        super().__init__(message, remedy)
        self.diagnostics = tuple(diagnostics)


class StateError(PublisherError):
    """The state can't be used as it is. It is never overwritten in that case."""

    exit_code = EXIT_USAGE


class StateLocked(StateError):  # noqa: N818 - a condition, named as users know it
    """Another run holds the state's lock."""

    exit_code = EXIT_FAILED


class StateConflict(StateError):  # noqa: N818
    """An entry is no longer what the caller had read; nothing was written."""

    exit_code = EXIT_FAILED


class StalePlanError(PublisherError):
    """A saved plan no longer describes the content, configuration or state."""


class ApiError(PublisherError):
    """An answer of LinkedIn's that is not success.

    ``status`` is the HTTP status (0 where none came), ``code`` LinkedIn's string or number code as a string,
    ``request_id`` its support header. ``message`` is LinkedIn's own reason, redacted.
    """

    def __init__(
        self, message: str, remedy: str = "", *, status: int = 0, code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.code = code
        self.request_id = request_id


class Unauthorized(ApiError):  # noqa: N818
    """401: the token is missing, bad, expired or revoked. Ends the run for its author."""


class UntrustedHost(Unauthorized):
    """A secret would go to a host that only a project file names, or travel in clear. It was not sent."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy, code="UNTRUSTED_HOST")


class Forbidden(ApiError):  # noqa: N818
    """403: the app, member or field is not permitted. Nothing was created."""


class Rejected(ApiError):  # noqa: N818
    """Another 4xx: LinkedIn refused the request and created nothing."""


class Duplicate(Rejected):
    """422 DUPLICATE_POST. ``urn`` is the post LinkedIn names, None where it names none."""

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        urn: str | None = None,
        status: int = 422,
        code: str = "DUPLICATE_POST",
        request_id: str = "",
    ) -> None:
        super().__init__(message, remedy, status=status, code=code, request_id=request_id)
        self.urn = urn


class VersionInactive(ApiError):  # noqa: N818
    """426: the configured Linkedin-Version is not active (any more)."""


class RateLimited(ApiError):  # noqa: N818
    """429. ``retry_at`` is when the stated time or the next UTC midnight comes; aware, UTC.

    ``scope`` is whose requests are limited: the author's, or those of the whole application.
    """

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        retry_at: datetime,
        scope: Literal["member", "application"] = "member",
        status: int = 429,
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, remedy, status=status, code=code, request_id=request_id)
        self.retry_at = retry_at
        self.scope = scope


class Unavailable(ApiError):  # noqa: N818
    """A call that creates nothing failed for good (after retries); nothing is in doubt."""


class OutcomeUnknown(ApiError):  # noqa: N818
    """A create left this machine and its outcome is unknown. Never retried blindly."""

    exit_code = EXIT_UNKNOWN


class Unrecorded(OutcomeUnknown):
    """A write worked and could not be recorded. The run stops: what is not written down must not be sent."""
