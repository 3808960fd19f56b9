"""Everything that LinkedIn's documentation leaves open, or that a lawful server may do this way or that."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Variant:
    """One lawful LinkedIn. The defaults are the best documented behaviour."""

    # how answers travel
    wire: str = "length"
    header_case: Literal["as-is", "lower", "upper"] = "as-is"
    content_type: str = "application/json"

    # the answer to a create
    created_status: int = 201
    created_id: Literal["documented", "header", "body", "both", "neither"] = "documented"
    created_header: str = "X-RestLi-Id"
    created_kind: Literal["documented", "share", "ugcPost", "number"] = "documented"
    created_encoded: bool = False
    created_body: bytes | None = None
    """In place of the documented body."""

    # registering and uploading
    upload_host: Literal["same", "www", "alias", "storage"] = "www"
    upload_path: str = "/dms-uploads/sp/v2/{id}/uploaded-{kind}/B56?ca=vector_feedshare&cn=uploads&ut={id}"
    upload_methods: tuple[str, ...] = ("PUT", "POST")
    upload_statuses: tuple[int, int] = (201, 200)
    """Of whole files, and of parts."""
    upload_headers: tuple[tuple[str, str], ...] | None = None
    """What registerUpload wants sent; None: a media-type-family."""
    mechanism: Literal["asked", "single", "multipart"] = "asked"
    etag: str = '"{id}"'
    etag_header: str = "ETag"
    etag_taken: Literal["bare", "as-sent", "either"] = "either"
    part_size: int = 4_194_304
    part_order: Literal["ascending", "descending"] = "ascending"
    upload_token: str = ""

    # processing
    polls: int = 0
    """So many status requests still say PROCESSING."""
    processing: Literal["succeeds", "fails"] = "succeeds"
    failed_recipe: str = "INCOMPLETE"
    asset_status: Literal["readable", "forbidden", "missing"] = "readable"
    asset_fields: Literal["full", "short"] = "full"
    image_status: Literal["readable", "forbidden"] = "forbidden"
    unready: Literal["accept", "refuse"] = "accept"
    """What a create does with an image that is still being processed."""

    # posts and comments
    versions: frozenset[str] = frozenset(f"2026{month:02}" for month in range(1, 10))
    duplicates: bool = False
    """Whether the same text of the same author is refused; off, so that every second create shows."""
    comment_id: Literal["documented", "header", "body", "urn"] = "documented"
    comment_wait: int = 0
    """So many first comments find no post yet."""
    delete_status: int = 204
    member_quota: int | None = None
    app_quota: int | None = None

    # OAuth
    scope_separator: str = ","
    expires_in: int | str = 5_183_999
    refresh: bool = False
    token_extra: tuple[tuple[str, object], ...] = (("token_type", "Bearer"),)
    introspect_times: Literal["full", "bare"] = "full"
    locale: object = field(default_factory=lambda: {"country": "US", "language": "en"}, hash=False)
