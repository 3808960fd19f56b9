"""DAG-CBOR and content ids, as the AT Protocol's repositories use them.

Sources: the IPLD DAG-CBOR specification and the CIDs that `@atproto/pds` 0.4.217 returned for the same
records (2026-11-24): maps are sorted by the length of their keys, then by bytes; links are tag 42.
"""

import base64
import hashlib
import struct
from typing import Any

# Multicodec codes of DAG-CBOR and of raw bytes (github.com/multiformats/multicodec).
_DAG_CBOR, _RAW = 0x71, 0x55


def _head(major: int, number: int) -> bytes:
    # A number below 24 fits in the initial byte (RFC 8949, section 3).
    if number < 24:
        return bytes([major << 5 | number])
    for code, form, limit in (
        (24, ">B", 1 << 8),
        (25, ">H", 1 << 16),
        (26, ">I", 1 << 32),
        (27, ">Q", 1 << 64),
    ):
        if number < limit:
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise ValueError("the number is too large for CBOR")


def encode(value: Any) -> bytes:
    """Encode a JSON value; ``{"$link": cid}`` and ``{"$bytes": base64}`` stand for links and bytes."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, str):
        content = value.encode()
        return _head(3, len(content)) + content
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(encode(item) for item in value)
    if isinstance(value, dict):
        return _mapping(value)
    raise ValueError(f"{value!r} is not a value of the data model")


def _mapping(value: dict[str, Any]) -> bytes:
    if set(value) == {"$link"}:
        content = b"\x00" + cid_bytes(value["$link"])
        # Tag 42 marks a content id, and a zero byte precedes it (IPLD DAG-CBOR specification).
        return _head(6, 42) + _head(2, len(content)) + content
    if set(value) == {"$bytes"}:
        text = str(value["$bytes"])
        content = base64.b64decode(text + "=" * (-len(text) % 4))
        return _head(2, len(content)) + content
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return _head(5, len(keys)) + b"".join(encode(key) + encode(value[key]) for key in keys)


def _cid(codec: int, content: bytes) -> str:
    multihash = b"\x12\x20" + hashlib.sha256(content).digest()
    text = base64.b32encode(bytes([1, codec]) + multihash).decode()
    return "b" + text.rstrip("=").lower()


def record_cid(value: Any) -> str:
    """Return the content id of a record."""
    return _cid(_DAG_CBOR, encode(value))


def blob_cid(content: bytes) -> str:
    """Return the content id of a blob."""
    return _cid(_RAW, content)


def cid_bytes(text: str) -> bytes:
    """Return a base32 content id as bytes. Raise ValueError if it is none."""
    if not text.startswith("b"):
        raise ValueError("not a base32 CID")
    content = base64.b32decode(text[1:].upper() + "=" * (-len(text[1:]) % 8))
    # Version, codec, hash function and hash length, then 32 bytes of SHA-256.
    if len(content) != 36 or content[0] != 1:
        raise ValueError("not a CIDv1 with sha-256")
    return content
