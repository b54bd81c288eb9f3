"""What is lost on the way in, and on the way out."""

from __future__ import annotations

import time

import pytest

from tests.inspection.media.packet_path.by_hand import (
    VP8_MORE,
    Rtp,
    nack,
    original,
)


def test_a_packet_lost_on_the_way_in_is_asked_for_and_passed_on_under_its_own_number(
    call, phone, desk
):
    first, lost, last = phone.key_picture(packets=3)
    phone.send(first, last)
    assert phone.hears_of(205, 1).numbers_asked() == [lost.number]
    phone.send(phone.again(lost))

    began, ended, filled = desk.sees(3)
    assert (ended.number - began.number, filled.number - began.number) == (2, 1)
    assert (filled.payload, filled.time, filled.marker) == (lost.payload, began.time, False)
    assert call.packets.count_source(phone.video).recovered == 1


def test_losses_are_asked_for_across_the_wrap_of_numbers(call):
    phone = call.phone(number=65_532)
    call.desk(watching=phone)
    packets = phone.key_picture(packets=6)
    phone.send(packets[0], packets[5])

    assert phone.hears_of(205, 1).numbers_asked() == [65_534, 65_535, 0, 1]


def test_a_packet_that_never_comes_is_given_up_and_a_key_picture_asked_for(phone, desk):
    phone.is_asked_for_key_picture()
    first, _, last = phone.key_picture(packets=3)
    phone.send(first)
    desk.sees(1)
    begun = time.monotonic()
    phone.send(last)

    phone.is_asked_for_key_picture()
    assert time.monotonic() - begun >= 1.0
    phone.send(*phone.key_picture())
    assert len(desk.sees(2)) == 2


def test_where_a_queue_has_grown_on_the_way_a_packet_is_asked_for_again_once_it_can_have_come(
    phone, desk
):
    phone.is_asked_for_key_picture()
    phone.send(*phone.key_picture())
    desk.sees(1)
    time.sleep(0.4)  # and the next picture is of 33 ms later
    first, _, last = phone.key_picture(packets=3)
    begun = time.monotonic()
    phone.send(first, last)
    phone.until(phone.was_asked_for_key_picture)  # it is given up

    assert time.monotonic() - begun >= 1.2  # three times as long as one takes to come
    requests = [one for one in phone.control if (one.type, one.format) == (205, 1)]
    assert 1 <= len(requests) <= 7


def test_one_key_picture_serves_for_all_that_was_missed_before_it_was_asked_for(phone, desk):
    phone.is_asked_for_key_picture()
    phone.send(*phone.key_picture())
    desk.sees(1)
    for _ in range(2):  # one lost, then another
        _, after = phone.later_picture(), phone.later_picture()
        phone.send(*after)
        desk.sees(1)
        time.sleep(0.2)

    phone.is_asked_for_key_picture()
    time.sleep(0.8)  # the second one is given up, too
    assert not phone.was_asked_for_key_picture()


def test_what_is_sent_again_but_was_not_missing_is_not_passed_on(call, phone, desk):
    (key,) = phone.key_picture()
    phone.send(key, phone.again(key, 1))
    ahead = Rtp(96, key.number + 20_000, key.time, phone.ssrc, VP8_MORE + b"from nowhere")
    phone.send(phone.again(ahead, 2))
    (later,) = phone.later_picture()
    phone.send(later)

    assert [one.payload for one in desk.sees(2)] == [key.payload, later.payload]
    assert call.packets.count_source(phone.video).recovered == 0


@pytest.mark.parametrize("again", [True, False], ids=["as RTX", "plain"])
def test_a_packet_lost_on_the_way_out_is_sent_again(call, phone, again):
    desk = call.desk(watching=phone, again=again)
    first, lost, last = phone.key_picture(packets=3)
    phone.send(first)
    (began,) = desk.sees(1)
    phone.send(lost, last)
    number = desk.misses()
    assert number == (began.number + 1) & 0xFFFF
    desk.sees(1)

    desk.tell(nack(desk.ssrc, number))

    (filled,) = desk.sees(1)
    assert (filled.time, filled.marker) == (began.time, False)
    if again:
        assert (filled.type, filled.ssrc) == (121, desk.ssrc + 1)
        assert original(filled) == (number, lost.payload)
    else:
        assert (filled.type, filled.ssrc) == (120, desk.ssrc)
        assert (filled.number, filled.payload) == (number, lost.payload)
    assert call.packets.count_sink(desk.video).resent == 1


def test_what_was_shown_of_another_camera_is_not_sent_again(call, phone, desk):
    phone.send(*phone.key_picture())
    (of_phone,) = desk.sees(1)
    other = call.phone()
    desk.watch(other)
    other.send(*other.key_picture())
    (of_other,) = desk.sees(1)

    desk.tell(nack(desk.ssrc, of_phone.number, of_other.number))

    (filled,) = desk.sees(1)
    assert original(filled) == (of_other.number, of_other.payload)
