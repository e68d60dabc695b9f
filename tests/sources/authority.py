"""Certificates of servers in tests, and who signs them."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Who signs certificates; `file` is what to trust."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = generate_private_key(SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._folder = folder
        basic = x509.BasicConstraints(ca=True, path_length=None)
        self.file = self._written(name, self._signed(self._name, self._key, basic))

    def server(self, address: str = "127.0.0.1", days: int = 1) -> ssl.SSLContext:
        """Serve at this address, with a certificate that is good for so many days; none: it has expired."""
        key = generate_private_key(SECP256R1())
        place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = self._written(f"{address}-server", self._signed(x509.Name([]), key, place, days) + secret)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _signed(
        self, name: x509.Name, key: EllipticCurvePrivateKey, extension: x509.ExtensionType, days: int = 1
    ) -> bytes:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(extension, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(Encoding.PEM)

    def _written(self, name: str, text: bytes) -> Path:
        file = self._folder / f"{name}.pem"
        file.write_bytes(text)
        return file
