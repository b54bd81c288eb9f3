"""Address checks (STUN, RFC 8489), as far as it takes to know whom one is for."""

from __future__ import annotations

import struct

_header = struct.Struct("!HHL").unpack_from
_attribute = struct.Struct("!HH").unpack_from

_HEADER, _COOKIE = 20, 0x2112_A442
_REQUEST = b"\x00\x01"
_USERNAME = 0x0006

#: Checks of ours that may wait for an answer: three a second for each of 600 links.
MOST_ASKED = 4096


def is_check(octets: memoryview, length: int) -> bool:
    """Whether a datagram is one whole check (section 5)."""
    if octets[0] >= 4 or length < _HEADER:
        return False
    _, rest, cookie = _header(octets)
    return bool(cookie == _COOKIE and rest + _HEADER == length)


def asks(check: bytes) -> bool:
    """Whether a check asks something: all others answer."""
    return check[:2] == _REQUEST


def transaction(check: bytes) -> bytes:
    """The number of a request, which its answer has, too."""
    return check[8:20]


def asked_for(check: bytes) -> str:
    """Our half of the USERNAME (RFC 8445 section 7.2.2): whom a request is for, or nothing."""
    at = _HEADER
    while at + 4 <= len(check):
        kind, length = _attribute(check, at)
        if kind == _USERNAME:
            return check[at + 4 : at + 4 + length].partition(b":")[0].decode("ascii", "replace")
        at += 4 + length + (-length % 4)
    return ""


class Asked:
    """The checks that we have sent and that nobody has answered yet, the newest of them."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, None] = {}  # by transaction, the oldest first

    def sent(self, check: bytes) -> None:
        self._waiting[transaction(check)] = None
        if len(self._waiting) > MOST_ASKED:
            del self._waiting[next(iter(self._waiting))]

    def answers(self, check: bytes) -> bool:
        """Whether this answers one of them; the next answer to it does not."""
        number = transaction(check)
        known = number in self._waiting
        self._waiting.pop(number, None)
        return known
