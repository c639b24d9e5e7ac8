"""The certificates of the sandbox: a CA of its own, kept in the state directory, and one for the names it answers to.

Those are loopback's, and Salesforce's for clients that reach it through its proxy (see `tunnels`).
"""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

from .files import write_private

NAMES = ("localhost", "127.0.0.1", "::1")
SALESFORCE_HOSTS = ("login.salesforce.com", "test.salesforce.com", "*.my.salesforce.com", "*.sandbox.my.salesforce.com")


def ca_file(state: Path) -> Path:
    """The CA certificate that clients must trust; it stays the same as long as the state directory lives."""
    certificate = state / "ca.pem"
    if not (certificate.exists() and (state / "ca.key").exists()):
        made = trustme.CA(organization_name="Embedded Salesforce sandbox")
        write_private(state / "ca.key", made.private_key_pem.bytes())
        write_private(certificate, made.cert_pem.bytes())
    return certificate


def server_files(state: Path) -> tuple[Path, Path]:
    """A fresh server certificate (with its chain) and its key, signed by the CA of that state directory."""
    authority = trustme.CA.from_pem(ca_file(state).read_bytes(), (state / "ca.key").read_bytes())
    issued = authority.issue_cert(*NAMES, *SALESFORCE_HOSTS)
    write_private(state / "server.pem", b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    write_private(state / "server.key", issued.private_key_pem.bytes())
    return state / "server.pem", state / "server.key"


def trusting(certificate: Path) -> ssl.SSLContext:
    """A client context that trusts that CA and no other."""
    return ssl.create_default_context(cafile=str(certificate))
