"""ID tokens: RS256, signed with a key that everyone may know.

The signature proves nothing. It only lets verifiers run.
"""

import base64
import hashlib
import json
from typing import Any

KEY_ID = "sandbox"
# The usual public exponent: its two set bits make verification fast.
EXPONENT = 65537
MODULUS = int(
    "c4de6ab75689c6a0a82b0310319810e8b79cf91105510b01beade884ffa7a08762a05d3fff789a803264deefc05c07257d0e"
    "187eccc5be7d9ad899458c58e5790309d162904575fee8e973fe2c2ff8a300c29f100aa2c014d7c34b3aa6de57f3a04d5e7b"
    "676919547b11860ffb9d94433ff51d8be2806ecd29e5acae600105c08da26954f6b392998ca0e84895f7d30e8878ebc1a7d9"
    "e32a83d8c1b1386101a62c30fd59ce2ca7679675722979f62a53b25852ceb03ab45561557b3a47b577573d6259558537116a"
    "942cd92f673ec9a99fbaa83800d61217e9e0c7e14a20ff9f1499d8f17e38139291202a324e1d02c76e49f7e93a24feceb57b"
    "ba16dd67c501",
    16,
)
_SECRET_EXPONENT = int(
    "1e6fb537a7694141ae58deae3414aaac92a7f1f92285748fae54ac69aa2d81768796266f3cb129d07464bef379c86091cdad"
    "e3b5f0350998840645055e723ca1585f13604b261f5cd67d32a1d30ab999d88613af1863301228dccdcbd6bcf2591293fe42"
    "fd9509f0533492dc496383e6b51926c517dd66595171c0f5969721e06d37cc341cc806e585ecb6ca05f314e63e304193c9ba"
    "671854de8704c2c44d938e50b7ed81c707baf09c30aa78e6dd9e451f018fefe85f9c91d41f1e969811d4e502f2ae260eb0f0"
    "f9ad7962f4a07c1766cfec9e007a371f168d042f8384795f247153e06abdade2a73edbb4a5af438091562df6fd6ee94afcd8"
    "c363a6706a9f",
    16,
)
# The DER prefix of a SHA-256 digest (RFC 8017, section 9.2, note 1).
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def signed(claims: dict[str, Any]) -> str:
    """Return the claims as a compact JWT."""
    head = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    body = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(claims).encode())}"
    return f"{body}.{_encoded(_signature(body.encode()))}"


def key_set() -> dict[str, Any]:
    """Return the public key, as a JSON Web Key Set."""
    size = (MODULUS.bit_length() + 7) // 8
    key = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": KEY_ID,
        "n": _encoded(MODULUS.to_bytes(size, "big")),
        "e": _encoded(EXPONENT.to_bytes(3, "big")),
    }
    return {"keys": [key]}


def _signature(message: bytes) -> bytes:
    """Return a signature by RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2.1)."""
    size = (MODULUS.bit_length() + 7) // 8
    digest = _SHA256_PREFIX + hashlib.sha256(message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return pow(int.from_bytes(padded, "big"), _SECRET_EXPONENT, MODULUS).to_bytes(size, "big")


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
