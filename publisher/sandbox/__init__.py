"""The sandbox: a strict LinkedIn on your own machine, for tests, demos and other tools.

It is plain HTTP and shares no code with the client it tests. Start it with ``publisher sandbox``, or in a
test::

    from publisher.sandbox.server import Sandbox

    with Sandbox() as sandbox:
        requests.post(f"{sandbox.url}/v2/ugcPosts", headers={"Authorization": f"Bearer {sandbox.token()}"}, ...)
"""
