"""What cameras and viewers are told of their packets."""

from __future__ import annotations

import time
from itertools import count, pairwise

import pytest

from tests.inspection.media.packet_path.by_hand import (
    Block,
    Rtp,
    arrivals_told,
    receiver_report,
    sender_report,
)
from tests.inspection.media.packet_path.peer import (
    Call,
    Phone,
    soon,
)

NTP = 0xE000_0000 << 32  # some second of the phone's clock


@pytest.mark.parametrize("late", [0.0, 0.3])
def test_sound_and_picture_stay_together_however_late_a_report_of_theirs_comes(phone, desk, late):
    (key,) = phone.key_picture()
    said = phone.spoken(time=480_000)
    phone.send(key, said)
    shown, heard = sorted(desk.sees(2), key=lambda one: one.type != 120)

    # Both were taken at NTP; the report on sound speaks of a moment before, as if long on its way.
    then = NTP - int(late * 2**32)
    phone.tell(sender_report(said.ssrc, ntp=then, time=said.time - int(late * 48_000)))
    phone.tell(sender_report(key.ssrc, ntp=NTP, time=key.time))
    desk.silence()

    def taken(one: Rtp, clock: int) -> float:
        """When a packet was taken, by the path's own clock."""
        report = desk.until(lambda: next((each for each in desk.control
            if each.type == 200 and each.sender == one.ssrc), None))  # fmt: skip
        ntp, shows = report.clock()
        return ntp + ((one.time - shows + 2**31) % 2**32 - 2**31) / clock

    assert taken(shown, 90_000) == pytest.approx(taken(heard, 48_000), abs=0.002)


def test_a_viewer_is_reported_to_once_a_second_however_packets_come(phone, desk):
    numbers = count()

    def talks_until_reported() -> float:
        desk.control.clear()
        while not desk.control:
            phone.send(phone.spoken(next(numbers)))
            time.sleep(0.03)  # between two looks at what is late, and after the second
            desk.takes_what_came()
        return time.monotonic()

    first, _, third = (talks_until_reported() for _ in range(3))
    assert third - first == pytest.approx(2, abs=0.5)


def test_nothing_is_reported_of_a_camera_that_is_not_shown_yet(call, phone, desk):
    phone.send(*phone.key_picture())
    desk.sees(1)
    other = call.phone()
    other.send(*other.later_picture())
    other.tell(sender_report(other.ssrc, ntp=NTP, time=other.time))
    soon(lambda: call.packets.count_peer(other.number).silent >= 0)
    desk.watch(other)
    desk.silence()

    desk.until(lambda: desk.control)
    assert not any(one.type == 200 for one in desk.control)


def test_a_camera_is_told_how_its_stream_arrives(phone):
    packets = phone.key_picture(packets=79)
    begun = time.monotonic()
    phone.tell(sender_report(phone.ssrc, ntp=NTP | 5 << 16, time=phone.time))
    phone.send(*packets[::2])

    def blocks() -> list[Block]:
        return [block for one in phone.reports for block in one.blocks()]

    phone.until(lambda: any(block.highest == phone.sequence for block in blocks()))
    last = blocks()[-1]
    assert last.ssrc == phone.ssrc
    assert last.lost == 39
    assert 120 <= max(block.fraction for block in blocks()) <= 128
    assert last.last == (NTP | 5 << 16) >> 16 & 0xFFFFFFFF
    assert 0 <= last.delay / 65_536 <= time.monotonic() - begun


def test_jitter_is_what_arrival_and_time_stamps_differ_by(call, phone):
    first, second = phone.key_picture() + phone.later_picture()
    phone.send(first, Rtp(**{**vars(second), "time": first.time + 100 * 90_000}))

    count = soon(lambda: received(call, phone, 2))
    assert count.jitter == pytest.approx(100 / 16, rel=0.1)


def received(call: Call, phone: Phone, packets: int):
    count = call.packets.count_source(phone.video)
    return count if count.received >= packets else None


def test_the_round_trip_is_measured_by_the_viewers_reports(call, phone, desk):
    begun = time.monotonic()
    phone.send(*phone.key_picture())
    report = desk.hears_of(200)
    last = (int.from_bytes(report.body[4:12], "big") >> 16) - 2 * 65_536  # two seconds before

    desk.tell(receiver_report(Block(desk.ssrc, fraction=64, last=last & 0xFFFFFFFF)))

    trip = soon(lambda: call.packets.count_peer(desk.number).round_trip)
    assert 2 <= trip <= 2.01 + time.monotonic() - begun
    assert call.packets.count_sink(desk.video).fraction_lost == 0.25


def test_numbers_of_all_that_one_viewer_gets_are_one_row(call, phone, desk):
    phone.send(*phone.key_picture(), phone.spoken(), *phone.later_picture())

    wide = [one.wide for one in desk.sees(3)]
    assert sorted(wide) == list(range(min(wide), min(wide) + 3))


SOUND = count(1)


def wide(phone: Phone, numbers) -> list[Rtp]:
    """Sound with these transport-wide numbers; sound, so that nothing is asked for again."""
    return [Rtp(111, next(SOUND), 960, phone.ssrc + 2, b"said", wide=number) for number in numbers]


def told(phone: Phone, until: int) -> dict[int, bool]:
    """What the path says has arrived, up to a number; each is told of once and in order."""
    found: list[tuple[int, bool]] = []

    def done() -> bool:
        nonlocal found
        feedback = [one for one in phone.control if (one.type, one.format) == (205, 15)]
        found = [one for each in feedback for one in arrivals_told(each)]
        return any(number == until & 0xFFFF for number, _ in found)

    phone.until(done)
    numbers = [number for number, _ in found]
    assert len(set(numbers)) == len(numbers)
    steps = [(b - a) & 0xFFFF for a, b in pairwise(numbers)]
    assert all(step < 0x8000 for step in steps)
    return dict(found)


def test_a_camera_is_told_which_packets_arrived_across_the_wrap_of_numbers(phone):
    sent = [number for number in range(65_400, 65_800) if number % 7]
    phone.send(*wide(phone, sent))

    arrived = told(phone, sent[-1])
    assert [number for number, came in arrived.items() if came] == [n & 0xFFFF for n in sent]
    assert all(number % 65_536 in arrived for number in range(sent[0], sent[-1]))


def test_packets_that_overtook_each_other_are_told_of_in_order(phone):
    swapped = [number ^ 1 for number in range(100)]
    phone.send(*wide(phone, [999, *(1000 + number for number in swapped), 1100]))

    arrived = told(phone, 1100)
    feedback = [one for one in phone.control if (one.type, one.format) == (205, 15)]
    # Only a report that went between the two of a pair takes the second for lost.
    assert sum(not came for came in arrived.values()) < len(feedback)
    assert list(arrived) == list(range(999, 1101))


@pytest.mark.parametrize("lost", [1, 278, 279, 280, 281, 282, 5000])
def test_feedback_goes_on_however_many_were_lost_in_a_row(phone, lost):
    phone.send(*wide(phone, [10]))
    assert told(phone, 10)
    phone.send(*wide(phone, [11 + lost, 12 + lost]))

    arrived = told(phone, 12 + lost)
    assert [number for number, came in arrived.items() if came] == [10, 11 + lost, 12 + lost]
