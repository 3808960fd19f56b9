"""requests and httpx with LinkedIn's fixed hosts, routed by the interceptor within the process."""

import asyncio
import json
import sys

import httpx
import requests

from publisher.sandbox.intercept import intercept
from publisher.sandbox.server import Sandbox

URL = "https://api.linkedin.com/v2/userinfo"


async def fetch(headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(URL, headers=headers)


with Sandbox() as sandbox, intercept(sandbox.url):
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    answers = [
        requests.get(URL, headers=headers, timeout=20),
        httpx.get(URL, headers=headers),
        asyncio.run(fetch(headers)),
    ]
    document = {
        "pictures": [answer.json()["picture"] for answer in answers],
        "urls": [str(answer.url) for answer in answers],
        "member": sandbox.member.id,
        "seen": len(sandbox.requests(resource="userinfo")),
    }
sys.stdout.write(json.dumps(document) + "\n")
