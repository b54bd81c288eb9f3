"""Where a datagram came from or goes to: as people write it, and as the socket has it."""

from __future__ import annotations

import socket
from typing import Any

#: What the socket takes and gives: host, port, and for IPv6 two zeros.
SocketAddress = tuple[Any, ...]


def to_socket(host: str, port: int, *, has_ipv6: bool) -> SocketAddress:
    """IPv4 goes through an IPv6 socket as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).

    Raises:
        ValueError: not an address.
    """
    if not 0 <= port <= 0xFFFF:
        raise ValueError(f"not a port: {port}")
    try:
        if ":" not in host and not has_ipv6:
            return socket.inet_ntoa(socket.inet_pton(socket.AF_INET, host)), port
        mapped = host if ":" in host else f"::ffff:{host}"
        octets = socket.inet_pton(socket.AF_INET6, mapped)
    except (OSError, ValueError) as refused:
        raise ValueError(f"not an address: {host}") from refused
    return socket.inet_ntop(socket.AF_INET6, octets), port, 0, 0


def from_socket(address: SocketAddress) -> tuple[str, int]:
    """As people write it: "192.0.2.1", "2001:db8::1", without the zone of a link."""
    host = str(address[0]).partition("%")[0]
    return (host[7:] if host.startswith("::ffff:") and "." in host else host), address[1]
