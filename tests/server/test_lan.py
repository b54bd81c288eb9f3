"""Real phones on the same network: a certificate they can come to trust."""

from __future__ import annotations

import socket
import ssl
import threading
from urllib.request import urlopen

import pytest

from server.demo import lan
from server.demo.show import free_port

HOST = "127.0.0.1"


@pytest.fixture
def network(tmp_path):
    return lan.prepare(tmp_path, free_port(), HOST)


def test_a_phone_that_trusts_the_authority_gets_through_and_another_does_not(network):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(network.certificate, network.key)
    trusting = ssl.create_default_context(cafile=str(network.authority))

    assert _shake_hands(server, trusting) == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(server, ssl.create_default_context())


def test_the_page_says_how_and_hands_out_the_authority(network):
    with lan.trust_page(network):
        page = urlopen(network.trust_address, timeout=5).read().decode()
        certificate = urlopen(f"{network.trust_address}yunkan-demo.crt", timeout=5).read()

    assert network.address in page
    assert "还没有信任" in page
    assert certificate == network.authority.read_bytes()


def test_the_authority_is_made_once_and_its_key_is_nobody_elses(network, tmp_path):
    before = network.authority.read_bytes()
    again = lan.prepare(tmp_path, network.port, HOST)

    assert again.authority.read_bytes() == before
    assert (tmp_path / "certificates" / "authority.key").stat().st_mode & 0o077 == 0


def test_both_addresses_are_shown_as_codes_to_scan(network):
    words = network.words()

    assert network.trust_address in words
    assert network.address in words
    assert words.count("█") > 100


def _shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    here, there = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(there, server_side=True).close()
        except (ssl.SSLError, OSError):
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(here, server_hostname=HOST) as shaken:
            return shaken.version()
    finally:
        here.close()
        thread.join()
