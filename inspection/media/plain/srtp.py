"""Protection of packets (SRTP, RFC 3711), in place: libsrtp's functions, which pylibsrtp carries.

pylibsrtp's own methods copy each packet twice; these work where the socket reads and writes.
"""

from __future__ import annotations

from typing import Any

import pylibsrtp

from inspection.media.plain.rtp import LONGEST_DATAGRAM

#: A session (srtp_t) in C.
Session = Any

_ffi: Any = pylibsrtp._binding.ffi
_lib: Any = pylibsrtp._binding.lib


def session_at(address: int) -> Session:
    """The session whose place in memory is known.

    Raises:
        ValueError: nothing is there.
    """
    if not address:
        raise ValueError("no session")
    return _ffi.cast("srtp_t", address)


class Datagram:
    """Room for one datagram in C's memory; `octets` are its bytes.

    Each method takes how long it is and gives how long it has become, 0 if libsrtp refused it.
    """

    __slots__ = ("_length", "_memory", "octets")

    def __init__(self) -> None:
        self._memory = _ffi.new("char[]", LONGEST_DATAGRAM)
        self._length = _ffi.new("int *")
        self.octets = memoryview(_ffi.buffer(self._memory))

    def protect(self, session: Session, length: int) -> int:
        self._length[0] = length
        return 0 if _protect(session, self._memory, self._length) else self._length[0]

    def unprotect(self, session: Session, length: int) -> int:
        self._length[0] = length
        return 0 if _unprotect(session, self._memory, self._length) else self._length[0]

    def protect_rtcp(self, session: Session, length: int) -> int:
        self._length[0] = length
        return 0 if _protect_rtcp(session, self._memory, self._length) else self._length[0]

    def unprotect_rtcp(self, session: Session, length: int) -> int:
        self._length[0] = length
        return 0 if _unprotect_rtcp(session, self._memory, self._length) else self._length[0]


_protect, _unprotect = _lib.srtp_protect, _lib.srtp_unprotect
_protect_rtcp, _unprotect_rtcp = _lib.srtp_protect_rtcp, _lib.srtp_unprotect_rtcp
