"""Real phones on the same network: a certificate authority of this machine, and a QR code.

A phone's browser gives its camera only to pages over TLS, and TLS needs a certificate it trusts.
So the demonstration makes an authority of its own (kept in its folder, never sent anywhere),
signs a certificate for this machine's address with it, and shows two QR codes: one to fetch and
trust the authority, one to open the pages.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.clock import utcnow

AUTHORITY_DAYS = 365
#: Apple refuses server certificates that are valid for more than 398 days.
CERTIFICATE_DAYS = 90


#: Its banner is amber until a request over TLS succeeds, then green with the way on.
PAGE = Path(__file__).with_name("trust.html")


@dataclass(frozen=True, slots=True)
class Network:
    """What phones need to take part. `authority` is public; `key` never leaves this machine."""

    host: str
    port: int
    authority: Path
    certificate: Path
    key: Path

    @property
    def address(self) -> str:
        return f"https://{self.host}:{self.port}"

    @property
    def trust_address(self) -> str:
        """Plain HTTP, so that a phone that trusts nothing yet can read how to."""
        return f"http://{self.host}:{self.port + 1}/"

    def words(self) -> str:
        """What to scan, as QR codes of letters for the terminal."""
        codes = []
        for title, address in (
            ("1. 信任本机证书 trust this machine", self.trust_address),
            ("2. 打开页面 open the pages", self.address),
        ):
            codes.append(f"\n{title}: {address}\n{_drawn(address)}")
        return "\n".join(codes)


@contextmanager
def trust_page(network: Network) -> Iterator[None]:
    """A page over plain HTTP that says whether this phone trusts us yet, and how it can.

    The authority's certificate it hands out is public by nature.
    """
    page = PAGE.read_text(encoding="utf-8").replace("{address}", network.address).encode()
    certificate = network.authority.read_bytes()

    class Trust(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/yunkan-demo.crt":
                self._send(certificate, "application/x-x509-ca-cert")
            else:
                self._send(page, "text/html; charset=utf-8")

        def _send(self, body: bytes, content_type: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: who fetched it is nobody's business."""

    server = ThreadingHTTPServer((network.host, network.port + 1), Trust)
    thread = threading.Thread(target=server.serve_forever, name="trust page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def prepare(folder: Path, port: int, host: str = "") -> Network:
    """The authority (made once) and a fresh certificate for `host`: this machine's present address
    on its network, unless told.
    """
    host = host or _own_address()
    home = folder / "certificates"
    home.mkdir(parents=True, exist_ok=True)
    network = Network(host, port, home / "authority.crt", home / "server.crt", home / "server.key")
    authority_key = home / "authority.key"
    if not (network.authority.exists() and authority_key.exists()):
        _make_authority(network.authority, authority_key)
    _make_certificate(network, authority_key)
    return network


def _make_authority(file: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yunkan demo authority 云勘演示")])
    now = utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(key, key_file)
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_certificate(network: Network, authority_key: Path) -> None:
    issuer = x509.load_pem_x509_certificate(network.authority.read_bytes())
    issuer_key = serialization.load_pem_private_key(authority_key.read_bytes(), password=None)
    assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)  # _make_authority made it
    key = ec.generate_private_key(ec.SECP256R1())
    now = utcnow()
    names: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(network.host)),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName("localhost"),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, network.host)]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
    _write_key(key, network.key)
    network.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _write_key(key: ec.EllipticCurvePrivateKey, file: Path) -> None:
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _own_address() -> str:
    """This machine's address on its network: the one it would send from. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737: a UDP connect sends nothing
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


def _drawn(text: str) -> str:
    """A QR code out of half blocks: two modules a character cell."""
    matrix = [list(row) for row in segno.make(text, error="m").matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    block = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return "\n".join(
        "".join(block[(bool(top), bool(bottom))] for top, bottom in zip(*rows, strict=True))
        for rows in zip(matrix[::2], matrix[1::2], strict=True)
    )
