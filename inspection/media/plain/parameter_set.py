"""The size of a picture in an H264 sequence parameter set (ITU-T H.264 section 7.3.2.1.1)."""

from __future__ import annotations

#: Profiles that say more of colour.
_HIGH_PROFILES = (100, 110, 122, 244)


def size_in(unit: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, cropping taken off; none if the set is malformed."""
    bits = _Bits(unit[1:])
    profile = bits.take(8)
    bits.take(16)  # constraints and level
    bits.golomb()  # seq_parameter_set_id
    chroma = 1
    if profile in _HIGH_PROFILES:
        chroma = bits.golomb()
        if chroma == 3:
            bits.take(1)
        bits.golomb()  # bit depths
        bits.golomb()
        bits.take(1)
        if bits.take(1):
            _skip_scaling_lists(bits, 12 if chroma == 3 else 8)
    bits.golomb()  # log2_max_frame_num_minus4
    _skip_order(bits)
    bits.golomb()  # max_num_ref_frames
    bits.take(1)
    columns = (bits.golomb() & 0xFFFF) + 1
    rows = (bits.golomb() & 0xFFFF) + 1
    fields = 1 if bits.take(1) else 2
    if fields == 2:
        bits.take(1)
    bits.take(1)
    width, height = columns * 16, rows * 16 * fields
    if bits.take(1):
        sides = (bits.golomb() & 0xFFFF) + (bits.golomb() & 0xFFFF)
        ends = (bits.golomb() & 0xFFFF) + (bits.golomb() & 0xFFFF)
        width -= sides * (2 if chroma in (1, 2) else 1)
        height -= ends * (2 if chroma == 1 else 1) * fields
    if bits.ended or width <= 0 or height <= 0:
        return None
    return width, height


def _skip_order(bits: _Bits) -> None:
    """How the order of pictures is told."""
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        for _ in range(bits.golomb()):
            if bits.ended:
                break
            bits.golomb()


def _skip_scaling_lists(bits: _Bits, lists: int) -> None:
    for number in range(lists):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                code = bits.golomb()  # 1, -1, 2, -2 ... are 1, 2, 3, 4 ...
                step = (code + 1) // 2 if code % 2 else -(code // 2)
                following = (last + step) % 256
            last = following or last


class _Bits:
    """Bits read from the left, the bytes that prevent start codes taken out; zeros at the end."""

    def __init__(self, unit: bytes) -> None:
        self._octets = bytes(
            octet
            for at, octet in enumerate(unit)
            if at < 2 or octet != 3 or unit[at - 1] or unit[at - 2]
        )
        self._at = 0

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            octet, bit = divmod(self._at, 8)
            is_set = octet < len(self._octets) and self._octets[octet] >> 7 - bit & 1
            value = value << 1 | is_set
            self._at += 1
        return value

    def golomb(self) -> int:
        """Exp-Golomb (ITU-T H.264 section 9.1)."""
        zeros = 0
        while zeros < 32 and not self.ended and self.take(1) == 0:
            zeros += 1
        return 0 if zeros >= 32 else (1 << zeros) - 1 + self.take(zeros)

    @property
    def ended(self) -> bool:
        """Whether more was taken than there is."""
        return self._at > len(self._octets) * 8
