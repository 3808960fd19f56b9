"""The paths of pictures that the sandbox draws; apart from ``pictures``, because the store needs them."""

DRAWN = "/dms/image/v2/D5603AQ/profile-displayphoto-shrink_100_100/0/"


def drawn_picture(identity: str) -> str:
    """Return the path of the picture that the sandbox draws for a member."""
    return DRAWN + identity
