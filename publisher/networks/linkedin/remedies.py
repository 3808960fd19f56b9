"""What to do about LinkedIn's errors, by code, else by words of the message, else by status."""

import re

LOGIN = "`publisher auth login` gets a new token; `publisher auth status` shows what is stored."
SCOPES = "`publisher doctor` compares the token's scopes with what the content needs."

BY_CODE = {
    "EMPTY_ACCESS_TOKEN": f"The token is empty. {LOGIN}",
    "INVALID_ACCESS_TOKEN": f"LinkedIn does not know this token: it may be cut off or from another place. {LOGIN}",
    "REVOKED_ACCESS_TOKEN": "The token was revoked: by the member, or because another login of the same app asked "
    f"for other scopes. {LOGIN}",
    "EXPIRED_ACCESS_TOKEN": f"Tokens live 60 days. {LOGIN}",
    "VERSION_MISSING": "Set `linkedin.version` in publisher.yaml.",
    "NONEXISTENT_VERSION": "Set `linkedin.version` in publisher.yaml to a version that is active, such as the "
    "newest of LinkedIn's migration page; `api: ugcPosts` needs none.",
    "MEDIA_ASSET_WAITING_UPLOAD": "LinkedIn is still working on the file and created nothing; publish again "
    "in a minute.",
    "MEDIA_ASSET_PROCESSING_FAILED": "LinkedIn can't use this file; encode it again.",
    "EXPIRED_UPLOAD_URL": "The upload took too long; publish again.",
    "REQUEST_ENTITY_TOO_LARGE": "The file is larger than LinkedIn accepts.",
    "UNSUPPORTED_MEDIA_TYPE": "LinkedIn doesn't accept this type of file.",
    "FIELD_LENGTH_TOO_LONG": "Shorten the text; `publisher validate` shows where the limit falls.",
    "INVALID_VALUE_BLANK_FIELD": "Give the post a text.",
    "CONFLICT": "LinkedIn reported a write conflict; try again in a moment.",
    "DUPLICATE_POST": "LinkedIn has the same text by this author already. If it is this post: "
    "`publisher state import KEY URN`; else change the text.",
    "invalid_client": "LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET don't belong together; see the app's "
    "Auth tab.",
    "invalid_redirect_uri": "The code was used already, is older than 30 minutes or belongs to another redirect "
    "URL; start `publisher auth login` again.",
}
"""Remedies for LinkedIn's string codes."""

_BY_MESSAGE = (
    (
        r"Unpermitted fields",
        "A field of the body is not allowed for this author or app; `publisher payload` shows the body.",
    ),
    (
        r"Field Value validation failed.*?/author|organization as author",
        "The author is not the token's member, or the token lacks organization rights: check `authors:` in "
        "publisher.yaml with `publisher auth status`.",
    ),
    (r"Field Value validation failed", "`publisher payload` shows the body that was refused."),
    (
        r"does not match urn:li:company",
        "LinkedIn can't resolve the author for this app: a person's URN differs from app to app; `publisher "
        "auth login --write-config` writes the right one.",
    ),
    (
        r"not owned by the author",
        "The files were uploaded by another author; publish again to upload them anew.",
    ),
    (r"userinfo", f"The token lacks `openid` and `profile`. {SCOPES}"),
    (r"partnerApiSocialActions|socialActions", f"Commenting needs a permission the app lacks. {SCOPES}"),
    (r"Not enough permissions", f"The token lacks a scope, or the app lacks a product. {SCOPES}"),
    (
        r"No virtual resource|Resource \w+ does not exist",
        "The app has no access to this API, or `linkedin.api_url` is wrong.",
    ),
    (r"grant or refresh token is invalid", f"The refresh token has ended. {LOGIN}"),
    (
        r"code not found|does not match authorization code",
        "The code was used already or expired; start `publisher auth login` again.",
    ),
)

_BY_STATUS = {
    401: LOGIN,
    403: SCOPES,
    404: "It may be gone, or hidden from this token.",
    413: "The file is larger than LinkedIn accepts.",
    415: "LinkedIn doesn't accept this type of file.",
    426: BY_CODE["NONEXISTENT_VERSION"],
}


def remedy(code: str, message: str, status: int) -> str:
    """Return the remedy for an answer, or a hint where to look further."""
    if code in BY_CODE:
        return BY_CODE[code]
    for pattern, text in _BY_MESSAGE:
        if re.search(pattern, message, re.IGNORECASE | re.DOTALL):
            return text
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "Try again later." if status >= 500 else "`publisher payload` shows the body that was sent."
