"""What a camera sends, and what those who watch it get."""

from __future__ import annotations

import time

import pytest

from tests.inspection.media.packet_path.by_hand import (
    VP8_KEY,
    key_picture_request,
    nack,
    original,
)
from tests.inspection.media.packet_path.peer import (
    PATIENCE,
)


def test_a_viewer_gets_what_the_camera_sends_under_its_own_numbers(phone, desk):
    sent = phone.key_picture(packets=3) + phone.later_picture() + phone.later_picture()
    phone.send(*sent)

    got = desk.sees(5)
    assert [(one.payload, one.marker) for one in got] == [(one.payload, one.marker) for one in sent]
    assert {(one.type, one.ssrc) for one in got} == {(120, desk.ssrc)}
    assert [one.number - got[0].number for one in got] == [0, 1, 2, 3, 4]
    assert [one.time - got[0].time & 0xFFFFFFFF for one in got] == [0, 0, 0, 3000, 6000]


def test_sound_needs_no_key_picture(phone, desk):
    said = phone.spoken()
    phone.send(said)

    (heard,) = desk.sees(1)
    assert (heard.type, heard.ssrc, heard.payload) == (100, desk.ssrc + 2, said.payload)


def test_who_joins_waits_for_a_key_picture_and_asks_for_one(call, phone, desk):
    phone.send(*phone.key_picture())
    desk.sees(1)
    late = call.desk(watching=phone)
    phone.is_asked_for_key_picture()

    phone.send(*phone.later_picture(), *phone.key_picture(), *phone.later_picture())

    assert late.sees(2)[0].payload.startswith(VP8_KEY)
    assert len(desk.sees(3)) == 3


def test_a_camera_is_asked_for_key_pictures_at_most_every_half_second(call, phone, desk):
    begun = time.monotonic()
    call.packets.ask_key_picture(phone.video)
    assert phone.is_asked_for_key_picture().about == phone.ssrc
    for _ in range(20):
        desk.tell(key_picture_request(desk.ssrc))
    phone.is_asked_for_key_picture()

    assert time.monotonic() - begun >= 0.5


def test_a_key_picture_that_has_come_is_not_asked_for_again(phone, desk):
    phone.is_asked_for_key_picture()
    phone.send(*phone.later_picture(), *phone.key_picture())
    desk.sees(1)

    phone.control.clear()
    for _ in range(2):  # a second lies between
        phone.until(lambda: any(one.type == 201 for one in phone.control))
        assert not any(one.is_key_picture_request for one in phone.control)
        phone.control = [one for one in phone.control if one.type != 201]


def test_a_viewer_without_the_cameras_codec_is_sent_none_of_it(call, phone, desk):
    other = call.desk()
    sink = call.packets.add_sink(
        other.number, video=True, formats=[("H264", 125, -1, 90_000)], ssrc=other.ssrc + 3,
        retransmission_ssrc=0, transport_wide=0)  # fmt: skip
    call.packets.feed(sink, phone.video)
    phone.send(*phone.key_picture())
    desk.sees(1)

    assert call.packets.count_sink(sink).packets == 0
    assert not call.packets.count_sink(sink).open
    assert other.hears_of(201)
    assert not any(one.type == 200 for one in other.control)


def test_one_camera_is_shown_to_two(call, phone, desk):
    other = call.desk(watching=phone, again=False)
    sent = phone.key_picture(packets=2)
    phone.send(*sent)

    for viewer in (desk, other):
        got = viewer.sees(2)
        assert [one.payload for one in got] == [one.payload for one in sent]
        assert {one.ssrc for one in got} == {viewer.ssrc}


def test_a_phone_on_ipv6_is_seen_at_a_desk_on_ipv4(call):
    phone = call.phone(host="::1")
    desk = call.desk(watching=phone)
    assert phone.is_asked_for_key_picture().about == phone.ssrc
    phone.send(*phone.key_picture())

    assert desk.sees(1)[0].payload.startswith(VP8_KEY)


@pytest.mark.parametrize("who", ["phone", "desk"])
def test_a_call_goes_on_when_an_address_moves(call, phone, desk, who):
    phone.send(*phone.key_picture())
    desk.sees(1)
    mover = {"phone": phone, "desk": desk}[who]

    mover.change_address()
    call.packets.move(mover.number, *mover.place)

    phone.send(*phone.later_picture())
    assert desk.sees(1)


def test_a_camera_that_comes_back_goes_on_with_growing_numbers_and_times(call, phone, desk):
    phone.send(*phone.key_picture(), phone.spoken())
    before = {one.type: one for one in desk.sees(2)}
    phone.leave()

    back = call.phone(number=50_000, time=5)
    desk.watch(back)
    back.send(*back.key_picture(), back.spoken(number=9, time=7))

    for one in desk.sees(2):
        assert one.ssrc == before[one.type].ssrc
        assert one.number == (before[one.type].number + 1) & 0xFFFF
        assert 0 < (one.time - before[one.type].time) & 0xFFFFFFFF < PATIENCE * 90_000


def test_a_camera_that_begins_another_stream_goes_on_from_its_key_picture(call, phone, desk):
    phone.is_asked_for_key_picture()
    phone.send(*phone.key_picture())
    (before,) = desk.sees(1)

    phone.ssrc += 8
    phone.sequence, phone.time = 7, 7
    phone.send(*phone.later_picture())
    assert phone.is_asked_for_key_picture().about == phone.ssrc
    phone.send(*phone.key_picture())

    (after,) = desk.sees(1)
    assert after.number == (before.number + 1) & 0xFFFF
    assert 0 < (after.time - before.time) & 0xFFFFFFFF < PATIENCE * 90_000
    assert call.packets.count_source(phone.video).restarts == 1


def test_a_view_stays_open_however_long_it_lasts(phone, desk):
    phone.send(*phone.key_picture())
    (first,) = desk.sees(1)
    for packets in (20_000, 40_000, 60_000, 80_000):
        phone.sequence = 1000 + packets
        phone.send(*phone.later_picture())
        (later,) = desk.sees(1)
        assert (later.number - first.number) & 0xFFFF == packets & 0xFFFF

    desk.tell(nack(desk.ssrc, later.number))
    assert original(desk.sees(1)[0]) == (later.number, later.payload)


def test_numbers_and_times_wrap_around(call):
    phone = call.phone(number=65_500, time=2**32 - 60_000)
    desk = call.desk(watching=phone)
    phone.send(*phone.key_picture())
    for _ in range(70):
        phone.send(*phone.later_picture())

    got = desk.sees(71)
    assert [(one.number - got[0].number) & 0xFFFF for one in got] == list(range(71))
    assert [(one.time - got[0].time) & 0xFFFFFFFF for one in got] == list(range(0, 213_000, 3000))
    assert call.packets.count_source(phone.video).lost == 0
    highest = 65_536 + phone.sequence % 65_536

    def reported() -> bool:
        return any(block.highest == highest for one in phone.reports for block in one.blocks())

    phone.until(reported)
