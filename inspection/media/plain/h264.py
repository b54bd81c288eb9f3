"""What a payload says of H264 inside it (RFC 6184, ITU-T H.264)."""

from __future__ import annotations

from inspection.media.plain.parameter_set import size_in

# types of network abstraction units, and of what carries several or a part of one
_IDR, _SPS, _LAST_SINGLE, _STAP_A, _FU_A = 5, 7, 23, 24, 28

_START_CODE = b"\x00\x00\x00\x01"


def starts_key_picture(payload: bytes) -> bool:
    """Whether it is the first of a picture that can be decoded without an earlier one."""
    if len(payload) >= 2 and payload[0] & 0x1F == _FU_A:
        return payload[1] & 0x80 != 0 and payload[1] & 0x1F == _IDR
    units = _units(payload)
    return units is not None and any(unit[0] & 0x1F in (_SPS, _IDR) for unit in units)


def stated_size(payload: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, if it carries a sequence parameter set."""
    size = None
    for unit in _units(payload) or ():
        if unit[0] & 0x1F == _SPS:
            size = size_in(unit)
    return size


def append_encoded(payload: bytes, frame: bytearray) -> bool:
    """Add what it carries of its frame, as a byte stream with start codes (Annex B).

    False if it is malformed; then nothing was added.
    """
    if len(payload) >= 2 and payload[0] & 0x1F == _FU_A:
        return _append_fragment(payload, frame)
    units = _units(payload)
    for unit in units or ():
        frame += _START_CODE + unit
    return units is not None


def _append_fragment(payload: bytes, frame: bytearray) -> bool:
    if len(payload) < 3:
        return False
    if payload[1] & 0x80:  # the first: its unit's header is in two halves
        frame += _START_CODE
        frame.append(payload[0] & 0xE0 | payload[1] & 0x1F)
    frame += payload[2:]
    return True


def _units(payload: bytes) -> list[bytes] | None:
    """Each whole unit of a payload; none if it is malformed or a fragment."""
    if not payload:
        return None
    kind = payload[0] & 0x1F
    if 1 <= kind <= _LAST_SINGLE:
        return [payload]
    if kind != _STAP_A:
        return None
    units = []
    at = 1
    while at < len(payload):
        length = int.from_bytes(payload[at : at + 2], "big")
        at += 2
        if length == 0 or length > len(payload) - at:
            return None
        units.append(payload[at : at + length])
        at += length
    return units or None
