"""The bodies of ``/rest/posts``."""

from publisher.sandbox.linkedin.schema import (
    Choice,
    Field,
    Flag,
    List,
    Record,
    Text,
    Type,
    Union,
    Urn,
    record,
)

_CALLS_TO_ACTION = (
    "APPLY",
    "DOWNLOAD",
    "VIEW_QUOTE",
    "LEARN_MORE",
    "SIGN_UP",
    "SUBSCRIBE",
    "REGISTER",
    "JOIN",
    "ATTEND",
    "REQUEST_DEMO",
    "SEE_MORE",
)

_CONTENT: dict[str, Type] = {
    "media": record({"id": Urn(("image", "video", "document"))}, {"title": Text(), "altText": Text()}),
    "multiImage": record(
        {"images": List(record({"id": Urn(("image",))}, {"altText": Text()}))}, {"altText": Text()}
    ),
    "article": record(
        {"source": Text(), "title": Text()},
        {"description": Text(), "thumbnail": Urn(("image",)), "thumbnailAltText": Text()},
    ),
    "poll": record(
        {
            "question": Text(),
            "options": List(record({"text": Text()}, {})),
            "settings": record(
                {"duration": Choice(("ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"))},
                {
                    "voteSelectionType": Choice(("SINGLE_VOTE", "MULTIPLE_VOTE")),
                    "isVoterVisibleToAuthor": Flag(),
                },
            ),
        },
        {},
    ),
}

_CONTEXT = record({"parent": Urn(("share", "ugcPost"))}, {"root": Urn(("share", "ugcPost"))})
_AD_CONTEXT = record({}, {"dscName": Text(), "dscStatus": Text(), "dscAdAccount": Urn(), "dscAdType": Text()})
_LIFECYCLE = Choice(("DRAFT", "PUBLISHED", "PUBLISH_REQUESTED", "PUBLISH_FAILED"))

POST = record(
    {
        "author": Urn(("person", "organization")),
        "commentary": Text(),
        "visibility": Choice(("PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER")),
        "distribution": record(
            {"feedDistribution": Choice(("MAIN_FEED", "NONE"))},
            {
                "targetEntities": List(record({}, {"geoLocations": List(Urn()), "seniorities": List(Urn())})),
                "thirdPartyDistributionChannels": List(Text()),
            },
        ),
        "lifecycleState": _LIFECYCLE,
    },
    {
        "isReshareDisabledByAuthor": Flag(),
        "content": Union(_CONTENT),
        "reshareContext": _CONTEXT,
        "contentLandingPage": Text(),
        "contentCallToActionLabel": Choice(_CALLS_TO_ACTION),
        "adContext": _AD_CONTEXT,
        "container": Urn(),
    },
    closed=("id", "createdAt", "lastModifiedAt", "publishedAt", "lifecycleStateInfo"),
)

_CHANGEABLE: dict[str, Type] = {
    "commentary": Text(),
    "contentCallToActionLabel": Choice(_CALLS_TO_ACTION),
    "contentLandingPage": Text(),
    "reshareContext": _CONTEXT,
    "lifecycleState": _LIFECYCLE,
    "adContext": _AD_CONTEXT,
}

PATCH = record(
    {
        "patch": record(
            {
                "$set": Record(
                    {name: Field(kind) for name, kind in _CHANGEABLE.items()}
                    | {
                        name: Field(field.type, closed=True)
                        for name, field in POST.fields.items()
                        if name not in _CHANGEABLE
                    }
                )
            },
            {},
        )
    },
    {},
)
"""What can be set is what LinkedIn lets one change; the post's other fields answer 403."""
