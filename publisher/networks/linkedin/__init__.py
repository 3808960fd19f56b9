"""LinkedIn over HTTP: one transport, typed errors, and a gateway for each of the two publishing APIs.

::

    gateway     opens the configured one: ugc (ugcPosts + assets) or posts (/rest/posts + images, videos, documents)
    comments, identity, organizations, oauth      the other calls
    transport   headers, retries of safe calls, creates sent once
    exchange    one HTTP exchange on `requests`: an answer or a failure, never an exception
    refusals, remedies                            answers as errors of `publisher.errors`
    backoff, hosts, redaction, permalinks, wire, bodies     arithmetic and values
"""
