"""An authority of the site's own, for ``--tls internal``: a root that can vouch for one name and nothing else.

Whoever installs a root trusts its key with every site there is. This one is limited to the site's name (name
constraints of RFC 5280), so that who steals the key can imitate only this site.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from streamsite import atomic_files, folders
from streamsite.front.caddy.configuration import OwnAuthority
from streamsite.front.caddy.names import PublicName

YEARS = 10
ID_LENGTH = 16
# No name ends in it, by RFC 6761: an authority for an address is allowed no name but these.
NO_NAME = "invalid"


def load_or_make(folder: Path, name: PublicName) -> OwnAuthority:
    """Return the authority for ``name`` in ``folder``, made when it is missing or half written."""
    place = folder / name.host.replace(":", "_")
    certificate, private_key = place / "root.crt", place / "root.key"
    if not certificate.is_file():
        folders.create(place, folders.PRIVATE)
        public, private = make(name)
        atomic_files.write_atomically(private_key, private.decode("ascii"))
        # Last: with it the authority is whole.
        atomic_files.write_atomically(certificate, public.decode("ascii"))
    return OwnAuthority(
        f"streamsite-{fingerprint(certificate)[:ID_LENGTH].lower()}", certificate, private_key
    )


def fingerprint(certificate: Path) -> str:
    """Return the SHA-256 of a certificate in PEM form, as 64 hexadecimal digits in upper case."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return loaded.fingerprint(hashes.SHA256()).hex().upper()


def make(name: PublicName) -> tuple[bytes, bytes]:
    """Return certificate and key of a new root for ``name``, both as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Streamsite {name.host}"[:64])])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))  # for clocks that are behind
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_only_certificates(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_only(name), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _only_certificates() -> x509.KeyUsage:
    others = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
            *("key_agreement", "encipher_only", "decipher_only"),
        ),
        False,
    )
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **others)


def _only(name: PublicName) -> x509.NameConstraints:
    """A kind of name that is not constrained is allowed: so both kinds are."""
    if name.is_address:
        one = ipaddress.ip_network(name.host)
        return x509.NameConstraints([x509.IPAddress(one), x509.DNSName(NO_NAME)], None)
    everywhere = [x509.IPAddress(ipaddress.ip_network(network)) for network in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints([x509.DNSName(name.host)], everywhere)
