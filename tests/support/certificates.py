"""Self-signed certificates for tests of TLS."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_self_signed(name: str, alternative: x509.GeneralName) -> tuple[bytes, bytes]:
    """Return a certificate for ``name`` that is its own authority, and its key, both as PEM. Good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def make_certificate_files(folder: Path) -> tuple[Path, Path]:
    """Return the files of a certificate for 127.0.0.1 and of the same with its key."""
    address = "127.0.0.1"
    public, private = make_self_signed(address, x509.IPAddress(ipaddress.ip_address(address)))
    (folder / "authority.pem").write_bytes(public)
    (folder / "server.pem").write_bytes(public + private)
    return folder / "authority.pem", folder / "server.pem"


def server_context(server: Path) -> ssl.SSLContext:
    """Return the context of a server that shows the certificate of ``make``'s second file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    return context
