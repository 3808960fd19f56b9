"""The sandbox's certificate authority and its certificates.

The ``openssl`` command makes the authority once.
"""

import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

# A person trusts the authority once, so it lives ten years.
CA_DAYS = 3_650
# Each start makes a fresh certificate, so a short life is enough.
CERTIFICATE_DAYS = 30
"""A certificate is made at every start, so it may be short-lived."""

_CA_CONFIG = """[req]
prompt = no
distinguished_name = name
x509_extensions = ca
[name]
CN = publisher sandbox CA
O = publisher sandbox (this machine only)
[ca]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""

_LEAF_CONFIG = """[req]
prompt = no
distinguished_name = name
[name]
CN = publisher sandbox
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = {names}
"""


class TlsError(OSError):
    """The certificates can't be made; the message says why."""


def default_folder() -> Path:
    """Return the authority's folder in the user's data folder (XDG base directory specification)."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "publisher" / "sandbox-ca"


def ensure_ca(folder: Path) -> Path:
    """Return the authority's certificate, made if it is missing. Its key is readable by its owner only."""
    certificate, key = folder / "ca.pem", folder / "ca.key"
    if certificate.is_file() and key.is_file():
        return certificate
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # made in a folder of its own and moved: two sandboxes that start at once must not mix their halves
    with tempfile.TemporaryDirectory(dir=folder) as work:
        made = Path(work)
        (made / "ca.cnf").write_text(_CA_CONFIG, encoding="ascii")
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(made / "ca.key"))
        (made / "ca.key").chmod(0o600)
        _openssl(
            *("req", "-x509", "-new", "-sha256", "-days", str(CA_DAYS), "-config", str(made / "ca.cnf")),
            *("-key", str(made / "ca.key"), "-out", str(made / "ca.pem")),
        )
        (made / "ca.key").replace(key)
        (made / "ca.pem").replace(certificate)
    return certificate


def server_context(folder: Path, hosts: Iterable[str]) -> ssl.SSLContext:
    """Return a TLS context with a fresh certificate for these names and addresses."""
    ca = ensure_ca(folder)
    names = ", ".join(f"{'IP' if _is_address(host) else 'DNS'}:{host}" for host in dict.fromkeys(hosts))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as work:
        made = Path(work)
        (made / "leaf.cnf").write_text(_LEAF_CONFIG.format(names=names), encoding="ascii")
        key, request, certificate = (str(made / name) for name in ("leaf.key", "leaf.csr", "leaf.pem"))
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        _openssl("req", "-new", "-sha256", "-config", str(made / "leaf.cnf"), "-key", key, "-out", request)
        _openssl(
            *("x509", "-req", "-sha256", "-days", str(CERTIFICATE_DAYS), "-in", request),
            *("-CA", str(ca), "-CAkey", str(folder / "ca.key")),
            # A serial number is positive and has at most 20 octets (RFC 5280, section 4.1.2.2).
            *("-set_serial", str(int.from_bytes(os.urandom(12), "big"))),
            *("-extfile", str(made / "leaf.cnf"), "-extensions", "leaf", "-out", certificate),
        )
        context.load_cert_chain(certificate, key)
    # HTTP/2 is not spoken here
    context.set_alpn_protocols(["http/1.1"])
    return context


def _openssl(*arguments: str) -> None:
    try:
        # A broken openssl must not block a start for longer than this.
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60)  # noqa: S603, S607 - fixed arguments
    except FileNotFoundError:
        raise TlsError("HTTPS needs the openssl command, which is not installed") from None
    except subprocess.TimeoutExpired:
        raise TlsError(f"openssl {arguments[0]} did not end within a minute") from None
    if done.returncode:
        raise TlsError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-400:]}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
