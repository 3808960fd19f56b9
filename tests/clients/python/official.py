"""linkedin-api-client: login, create, batch, finder, tunnelled query."""

import json
import os
from urllib.parse import parse_qs, urlsplit

import requests
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli.client import RestliClient

auth = AuthClient(
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    redirect_url="http://127.0.0.1:18920/callback",
)
url = auth.generate_member_auth_url(scopes=os.environ["SCOPES"].split(), state="xyz")
consent = requests.get(url, allow_redirects=False, timeout=20)
(code,) = parse_qs(urlsplit(consent.headers["Location"]).query)["code"]
token = auth.exchange_auth_code_for_access_token(code).access_token
active = auth.introspect_access_token(token).active

restli = RestliClient()
me = restli.get(resource_path="/me", access_token=token)
author = os.environ["SANDBOX_MEMBER"]
distribution = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}
created = [
    restli.create(
        resource_path="/posts",
        entity={
            "author": author,
            "commentary": text,
            "visibility": "PUBLIC",
            "distribution": distribution,
            "lifecycleState": "PUBLISHED",
        },
        version_string="202609",
        access_token=token,
    ).entity_id
    for text in ("One", "Two")
]
batch = restli.batch_get(resource_path="/ugcPosts", ids=created, access_token=token)
found = restli.finder(
    resource_path="/posts",
    finder_name="author",
    query_params={"author": author},
    version_string="202609",
    access_token=token,
)
many = [*created, *(f"urn:li:share:{7_000_000_000_000_000_000 + number}" for number in range(150))]
tunnelled = restli.batch_get(resource_path="/ugcPosts", ids=many, access_token=token)
print(
    json.dumps(
        {
            "active": active,
            "me": me.entity["id"],
            "created": created,
            "batch": list(batch.results),
            "found": [element["commentary"] for element in found.elements],
            "tunnelled": list(tunnelled.results),
            "missing": len(tunnelled.errors),
        }
    )
)
