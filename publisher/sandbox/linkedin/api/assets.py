"""``/v2/assets``: uploads for the unversioned API."""

from dataclasses import replace
from math import ceil
from typing import Any

from publisher.sandbox.linkedin import api_errors
from publisher.sandbox.linkedin.api.authors import check_author
from publisher.sandbox.linkedin.api.uploads import MEDIA_FAMILIES, finish, reserve, upload_url
from publisher.sandbox.linkedin.call import Call, Route
from publisher.sandbox.linkedin.schema import Choice, List, Text, Urn, Whole, record
from publisher.sandbox.messages import Response, json_response
from publisher.sandbox.values import MediaStatus, Part, StoredMedia

_HTTP_UPLOAD = "com.linkedin.digitalmedia.uploading.MediaUploadHttpRequest"
_MULTIPART = "com.linkedin.digitalmedia.uploading.MultipartUpload"
# learn.microsoft.com, Share on LinkedIn, names image and video. The document recipe is seen in public code
# only.
_RECIPES = {"feedshare-image": "image", "feedshare-video": "video", "feedshare-document": "document"}
# Any other identifier is a 403 (observed in public logs, 2025).
_CONTENT = "urn:li:userGeneratedContent"

REGISTER = record(
    {
        "registerUploadRequest": record(
            {
                "owner": Urn(("person", "organization")),
                "recipes": List(Text()),
                "serviceRelationships": List(
                    record(
                        {"relationshipType": Choice(("OWNER", "CREATOR", "GENERIC")), "identifier": Text()},
                        {},
                    )
                ),
            },
            {
                "supportedUploadMechanism": List(
                    Choice(("SYNCHRONOUS_UPLOAD", "SINGLE_REQUEST_UPLOAD", "MULTIPART_UPLOAD"))
                ),
                "fileSize": Whole(),
            },
        )
    },
    {},
)

COMPLETE = record(
    {
        "completeMultipartUploadRequest": record(
            {
                "mediaArtifact": Urn(("digitalmediaMediaArtifact",)),
                "metadata": Text(),
                "partUploadResponses": List(
                    record({"headers": record({"ETag": Text()}, {}), "httpStatusCode": Whole()}, {})
                ),
            },
            {},
        )
    },
    {},
)


def register(call: Call) -> Response:
    """Reserve an asset and say where its bytes go: one URL, or one for each part."""
    body = call.document(REGISTER, _values)["registerUploadRequest"]
    kind = _RECIPES[body["recipes"][0].rpartition(":")[2]]
    asset = reserve(call, "digitalmediaAsset", kind, body["owner"], size=body.get("fileSize", 0))
    multipart = "MULTIPART_UPLOAD" in body.get("supportedUploadMechanism", [])
    mechanism = _parts(call, asset) if multipart else _single(call, asset)
    return json_response(
        200,
        {
            "value": {
                "asset": asset.urn,
                "mediaArtifact": _artifact(asset),
                "uploadMechanism": mechanism,
                "assetRealTimeTopic": f"urn:li-realtime:digitalmediaAssetUpdatesTopic:{asset.urn}",
            }
        },
    )


def _values(call: Call, document: Any) -> None:
    """Raise a 403 for a wrong owner, recipe or identifier of a relationship."""
    request = document.get("registerUploadRequest") if isinstance(document, dict) else None
    if not isinstance(request, dict):
        return
    if isinstance(owner := request.get("owner"), str):
        check_author(call, owner, "/registerUploadRequest/owner")
    wrong = [f"/registerUploadRequest/{path}" for path in _wrong_values(request)]
    if wrong:
        raise api_errors.field_value(wrong)


def _wrong_values(request: dict[str, Any]) -> list[str]:
    recipes, relations = request.get("recipes"), request.get("serviceRelationships")
    wrong = []
    for index, recipe in enumerate(recipes if isinstance(recipes, list) else []):
        prefix, _, name = recipe.rpartition(":") if isinstance(recipe, str) else ("", "", "")
        if prefix != "urn:li:digitalmediaRecipe" or name not in _RECIPES:
            wrong.append(f"recipes/{index}")
    for index, relation in enumerate(relations if isinstance(relations, list) else []):
        if isinstance(relation, dict) and relation.get("identifier") != _CONTENT:
            wrong.append(f"serviceRelationships/{index}/identifier")
    # An empty list names no recipe, so the file could never be processed (inferred).
    return wrong + (["recipes"] if recipes == [] else [])


def _artifact(asset: StoredMedia) -> str:
    return (
        f"urn:li:digitalmediaMediaArtifact:({asset.urn},"
        f"urn:li:digitalmediaMediaArtifactClass:uploaded-{asset.kind})"
    )


def _single(call: Call, asset: StoredMedia) -> dict[str, Any]:
    headers = {"media-type-family": MEDIA_FAMILIES[asset.kind]}
    return {_HTTP_UPLOAD: {"uploadUrl": upload_url(call, asset), "headers": headers}}


def _parts(call: Call, asset: StoredMedia) -> dict[str, Any]:
    """Cut the file into parts; each has a URL of its own, both byte bounds inclusive."""
    size, step = max(asset.declared_size, 1), call.store.settings.part_size
    bounds = [(number * step, min((number + 1) * step, size) - 1) for number in range(ceil(size / step))]
    parts = tuple(Part(first, last) for first, last in bounds)
    # completeMultiPartUpload must repeat this value as ``metadata`` (public clients, read 2026-11).
    asset = call.store.put_upload(replace(asset, parts=parts, upload_token=call.store.ids.text(24)))
    expires = int(asset.upload_expires_at * 1000)
    requests = [
        {
            "url": upload_url(call, asset, number),
            "urlExpiresAt": expires,
            "headers": {"Content-Type": "application/octet-stream"},
            "byteRange": {"firstByte": part.first, "lastByte": part.last},
        }
        for number, part in enumerate(parts)
    ]
    return {_MULTIPART: {"metadata": asset.upload_token, "partUploadRequests": requests}}


def complete(call: Call) -> Response:
    """Put the parts of a multipart upload together."""
    body = call.document(COMPLETE)["completeMultipartUploadRequest"]
    urn = body["mediaArtifact"].partition("(")[2].partition(",")[0]
    asset = call.store.media(urn)
    if asset is None or _artifact(asset) != body["mediaArtifact"]:
        raise api_errors.not_found()
    check_author(call, asset.owner, "/completeMultipartUploadRequest/mediaArtifact")
    etags = [response["headers"]["ETag"] for response in body["partUploadResponses"]]
    if body["metadata"] != asset.upload_token:
        raise api_errors.input_error(
            400, "UPDATING_ASSET_FAILED", "metadata is not what registerUpload gave", "metadata"
        )
    finish(call, asset, etags)
    return Response(200)


_RECIPE_STATES = {
    # States of a recipe: learn.microsoft.com, Live Events page of 2023-05.
    MediaStatus.WAITING_UPLOAD: "NEW",
    MediaStatus.PROCESSING: "PROCESSING",
    MediaStatus.AVAILABLE: "AVAILABLE",
    MediaStatus.PROCESSING_FAILED: "INCOMPLETE",
}


def get(call: Call) -> Response:
    """Return an asset's state. It is ready when every recipe is AVAILABLE."""
    key = call.key.rpartition(":")[2]
    asset = call.store.media(f"urn:li:digitalmediaAsset:{key}")
    # LinkedIn answers 404 for what it hides (learn.microsoft.com, Error handling, read 2026-09).
    if asset is None or (asset.owner != call.bearer.member and call.store.organization(asset.owner) is None):
        raise api_errors.not_found()
    changed = int((asset.uploaded_at or asset.created_at / 1000) * 1000)
    state = _RECIPE_STATES[asset.status(call.store.clock.now())]
    document = {
        "id": key,
        "created": asset.created_at,
        "lastModified": changed,
        "mediaTypeFamily": MEDIA_FAMILIES[asset.kind],
        # The asset's own status: it stays ALLOWED while recipes are processed (learn.microsoft.com, Live
        # Events page of 2023-05).
        "status": "ALLOWED",
        "recipes": [{"recipe": f"urn:li:digitalmediaRecipe:feedshare-{asset.kind}", "status": state}],
        "serviceRelationships": [{"identifier": _CONTENT, "relationshipType": "OWNER"}],
    }
    return json_response(200, document)


_SCOPES = frozenset({"w_member_social", "w_organization_social"})

ROUTES = (
    Route("assets", "ACTION-registerUpload", register, "assets", _SCOPES),
    Route("assets", "ACTION-completeMultiPartUpload", complete, "assets", _SCOPES),
    Route("assets", "GET", get, "assets", _SCOPES),
)
