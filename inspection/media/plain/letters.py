"""Datagrams that are not media, waiting for aioice and aiortc: address checks and handshakes."""

from __future__ import annotations

#: Letters that may wait. Half is kept free for who is known, while the loop is busy.
MOST, MOST_OF_STRANGERS = 1024, 512

#: Whose address it came from (0: nobody's yet), from where, what.
Letter = tuple[int, str, int, bytes]


def is_handshake(octets: memoryview) -> bool:
    """Whether it may be a handshake (DTLS, RFC 7983 section 7)."""
    return octets[0] >= 20
