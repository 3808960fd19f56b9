"""Tokens: logging in once, keeping them safe, and knowing when they end.

::

    tokens      an author's token for publishing: the environment first, then what a login stored
    grant       what LinkedIn granted: a value
    vault       where grants are kept: metadata in a private file, secrets there or in the system's keyring
    keychain    the system's keyring, where one works
    login       the authorization, from the link to the stored grant
    callback    the loopback server that waits for the browser to come back
    status      what is known of every author's token
    configure   writing a learned author into publisher.yaml
"""
