"""What a payload says of VP8 inside it (RFC 7741, RFC 6386)."""

from __future__ import annotations

_START_CODE = b"\x9d\x01\x2a"


def starts_key_picture(payload: bytes) -> bool:
    """Whether it is the first of a picture that can be decoded without an earlier one."""
    # S set and partition 0, else it is not the first; then P of the picture's header clear
    if not payload or payload[0] & 0x17 != 0x10:
        return False
    begins = _descriptor(payload)
    return begins > 0 and payload[begins] & 0x01 == 0


def stated_size(payload: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, which a key picture's first payload states."""
    if not starts_key_picture(payload):
        return None
    at = _descriptor(payload)
    if len(payload) < at + 10 or payload[at + 3 : at + 6] != _START_CODE:
        return None
    width = int.from_bytes(payload[at + 6 : at + 8], "little") & 0x3FFF
    height = int.from_bytes(payload[at + 8 : at + 10], "little") & 0x3FFF
    return (width, height) if width and height else None


def append_encoded(payload: bytes, frame: bytearray) -> bool:
    """Add what it carries of its frame. False if it is malformed; then nothing was added."""
    begins = _descriptor(payload)
    if begins:
        frame += payload[begins:]
    return begins > 0


def _descriptor(payload: bytes) -> int:
    """Bytes of the payload descriptor (RFC 7741 section 4.2), 0 if nothing follows it."""
    if not payload:
        return 0
    at = 1
    if payload[0] & 0x80:  # X: extensions follow
        if len(payload) < 2:
            return 0
        has = payload[1]
        at = 2
        if has & 0x80:  # I: a picture number of one or two bytes
            if len(payload) <= at:
                return 0
            at += 2 if payload[at] & 0x80 else 1
        at += 1 if has & 0x40 else 0  # L
        at += 1 if has & 0x30 else 0  # T or K
    return at if at < len(payload) else 0
