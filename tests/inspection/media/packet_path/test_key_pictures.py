"""Key pictures: they open a view, and stills are made of them."""

from __future__ import annotations

import select
import time
from itertools import permutations

import pytest

from tests.inspection.media.packet_path.by_hand import (
    PPS,
    SPS,
    VP8_KEY,
    Rtp,
)
from tests.inspection.media.packet_path.peer import (
    PATIENCE,
    Call,
    Phone,
    soon,
)

IDR = bytes((0x65,)) + bytes(range(1, 200))


def h264_key_picture(phone: Phone) -> list[Rtp]:
    """SPS and PPS together (STAP-A), then the picture in three fragments (FU-A)."""
    together = b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in (SPS, PPS))
    parts = [IDR[1:70], IDR[70:140], IDR[140:]]
    marks = [0x85, 0x05, 0x45]
    fragments = [bytes((0x7C, mark)) + part for mark, part in zip(marks, parts, strict=True)]
    return phone.picture(together, *fragments, format=102)


def vp8_key_picture(phone: Phone) -> list[Rtp]:
    return phone.key_picture(packets=4)


PICTURES = {
    "VP8": (
        vp8_key_picture,
        VP8_KEY[1:] + bytes(40) + b"".join(bytes([n]) * 50 for n in (1, 2, 3)),
        (640, 480),
    ),
    "H264": (
        h264_key_picture,
        b"".join(b"\0\0\0\1" + unit for unit in (SPS, PPS, IDR)),
        (1280, 720),
    ),
}


def still(call: Call, phone: Phone) -> tuple[str, bytes, float]:
    """Wait for the path to have one ready."""

    def ready():
        call.packets.letters()  # or it stays readable
        if taken := call.packets.take_still(phone.video):
            return taken
        select.select([call.packets.fileno()], [], [], 1.0)
        return call.packets.take_still(phone.video)

    return soon(ready)


@pytest.mark.parametrize("codec", PICTURES)
def test_a_key_picture_opens_a_view_and_tells_its_size(call, phone, desk, codec):
    picture, _, size = PICTURES[codec]
    sent = picture(phone)
    phone.send(*sent)

    got = desk.sees(4)
    assert [one.payload for one in got] == [one.payload for one in sent]
    assert {one.type for one in got} == {{"VP8": 120, "H264": 125}[codec]}
    count = call.packets.count_source(phone.video)
    assert (count.width, count.height) == size


def test_one_unit_alone_is_a_key_picture_too(call, phone, desk):
    phone.send(*phone.picture(SPS, PPS, IDR, format=102))

    assert [one.payload for one in desk.sees(3)] == [SPS, PPS, IDR]
    assert call.packets.count_source(phone.video).height == 720


@pytest.mark.parametrize("codec", PICTURES)
def test_a_still_is_the_whole_key_picture_in_whatever_order_it_came(call, phone, codec):
    picture, whole, _ = PICTURES[codec]
    for order in permutations(range(4)):
        phone.send(*phone.picture(b"\x41\x00", format={"VP8": 96, "H264": 102}[codec]))
        call.packets.want_still(phone.video)
        sent = picture(phone)
        phone.send(*(sent[place] for place in order))

        name, encoded, arrived = still(call, phone)
        assert (name, encoded) == (codec, whole), order
        assert abs(arrived - time.time()) < PATIENCE
        assert call.packets.take_still(phone.video) is None


def test_a_still_waits_for_the_packet_that_was_lost(call, phone):
    call.packets.want_still(phone.video)
    first, lost, *rest = vp8_key_picture(phone)
    phone.send(first, *rest)
    phone.hears_of(205, 1)
    assert call.packets.take_still(phone.video) is None

    phone.send(phone.again(lost))
    assert still(call, phone)[1] == PICTURES["VP8"][1]


def test_a_still_wanted_in_the_middle_of_a_key_picture_is_of_the_next(call, phone, desk):
    phone.is_asked_for_key_picture()
    first, *rest = h264_key_picture(phone)
    phone.send(first)
    desk.sees(1)
    call.packets.want_still(phone.video)
    phone.send(*rest)
    desk.sees(3)

    phone.is_asked_for_key_picture()
    phone.send(*h264_key_picture(phone))
    assert still(call, phone)[1] == PICTURES["H264"][1]


def test_a_key_picture_that_came_before_it_was_wanted_is_no_still(call, phone, desk):
    phone.send(*vp8_key_picture(phone))
    desk.sees(4)
    call.packets.want_still(phone.video)
    phone.send(*phone.later_picture())
    desk.sees(1)

    assert call.packets.take_still(phone.video) is None
