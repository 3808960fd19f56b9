"""Authlib: sign in by OpenID Connect discovery, with the ID token checked against LinkedIn's keys."""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

metadata = requests.get("https://www.linkedin.com/oauth/.well-known/openid-configuration", timeout=20).json()
session = OAuth2Session(
    os.environ["LINKEDIN_CLIENT_ID"],
    os.environ["LINKEDIN_CLIENT_SECRET"],
    scope="openid profile email",
    redirect_uri="http://127.0.0.1:18920/callback",
    token_endpoint_auth_method="client_secret_post",
)
url, state = session.create_authorization_url(metadata["authorization_endpoint"])
back = requests.get(url, allow_redirects=False, timeout=20).headers["Location"]
assert parse_qs(urlsplit(back).query)["state"] == [state]
token = session.fetch_token(metadata["token_endpoint"], authorization_response=back)
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=20).json())
claims = jwt.decode(token["id_token"], keys).claims
user = session.get(metadata["userinfo_endpoint"], timeout=20).json()
sys.stdout.write(json.dumps({"issuer": metadata["issuer"], "claims": claims, "user": user}) + "\n")
