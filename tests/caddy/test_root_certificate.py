"""An authority of the site's own: a root that can vouch for one name and nothing else."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from streamsite.front.caddy import root_certificate
from streamsite.front.caddy.names import PublicName


def issue(authority: tuple[bytes, bytes], name: x509.GeneralName, folder: Path) -> tuple[Path, Path, Path]:
    """Return the files of the root, and of a certificate that its key signed for ``name``."""
    root = x509.load_pem_x509_certificate(authority[0])
    signer = serialization.load_pem_private_key(authority[1], None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(root.not_valid_before_utc)
        .not_valid_after(root.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .sign(signer, hashes.SHA256())
    )
    files = folder / "root.pem", folder / "leaf.pem", folder / "key.pem"
    contents = (
        authority[0],
        leaf.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return files


def is_believed(files: tuple[Path, Path, Path], host: str) -> bool:
    """Return whether OpenSSL, with the root as its only authority, takes the certificate for ``host``."""
    root, leaf, key = files
    client, server = ssl.create_default_context(cafile=str(root)), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(leaf, key)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(10):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return True


@pytest.mark.parametrize("host", ["box.local", "192.168.1.5", "fd00::7"])
def test_the_root_vouches_for_its_name_and_for_nothing_else(tmp_path, host):
    def general(text: str) -> x509.GeneralName:
        return (
            x509.IPAddress(ipaddress.ip_address(text))
            if ":" in text or text[-1].isdigit()
            else x509.DNSName(text)
        )

    authority = root_certificate.make(PublicName(host))
    assert is_believed(issue(authority, general(host), tmp_path), host)
    for other in ("bank.example", "other.local", "192.168.1.6", "10.0.0.1", "fd00::8"):
        assert not is_believed(issue(authority, general(other), tmp_path), other), other


def test_the_root_is_made_once_and_its_key_is_its_owners(tmp_path):
    made = root_certificate.load_or_make(tmp_path / "authority", PublicName("fd00::7"))
    again = root_certificate.load_or_make(tmp_path / "authority", PublicName("fd00::7"))
    assert made == again
    assert made.private_key.stat().st_mode & 0o777 == 0o600
    assert made.private_key.parent.stat().st_mode & 0o777 == 0o700
    other = root_certificate.load_or_make(tmp_path / "authority", PublicName("box.local"))
    assert other.ca_id != made.ca_id
