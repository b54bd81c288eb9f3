"""How much the way to a viewer carries, and who is held to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count, groupby

import pytest

from tests.inspection.media.packet_path.by_hand import VP8_DELTA, VP8_KEY, VP8_MORE, Rtp, arrivals
from tests.inspection.media.packet_path.peer import DESK, Call, Desk, Phone, soon


def watched(phone: Phone, viewers: dict[Desk, float], *, seconds: float = 1.5,
            clock: float = 100) -> None:  # fmt: skip
    """Send for a while, a hundred packets a second, and let each viewer tell when they came.

    A viewer's number is how much longer its way takes with every packet, in seconds: a queue that
    grows, or 0 for a way that carries everything.
    """
    came: dict[Desk, dict[int, float]] = {desk: {} for desk in viewers}
    begun = time.monotonic()
    for number in count():
        sent = time.monotonic() - begun
        if sent > seconds:
            return
        phone.send(*phone.picture((VP8_DELTA if number else VP8_KEY) + bytes(1000)))
        for desk, growth in viewers.items():
            (packet,) = desk.sees(1)
            assert packet.wide is not None
            came[desk][packet.wide] = clock + sent + growth * number
            if len(came[desk]) == 5:
                desk.tell(arrivals(came[desk]))
                came[desk].clear()
        time.sleep(max(0.0, begun + (number + 1) / 100 - time.monotonic()))


def test_the_viewer_whose_way_fills_up_caps_the_camera(call, phone, desk):
    narrow = call.desk(watching=phone)

    watched(phone, {desk: 0.0, narrow: 0.006})

    assert phone.hears_of(206, 15).bitrate() < 1_500_000
    assert call.packets.count_peer(narrow.number).carries > 0
    assert call.packets.count_peer(desk.number).carries == 0


def test_the_cap_is_repeated_and_goes_with_the_viewer_who_needed_it(call, phone, desk):
    narrow = call.desk(watching=phone)
    watched(phone, {desk: 0.0, narrow: 0.006})
    capped = phone.hears_of(206, 15).bitrate()
    phone.hears_of(206, 15)  # the next second

    narrow.leave()

    phone.until(lambda: any(
        (one.type, one.format) == (206, 15) and one.bitrate() > 5 * capped for one in phone.control
    ))  # fmt: skip


def test_a_viewers_clock_that_comes_round_begins_the_judgement_anew(call, phone, desk):
    watched(phone, {desk: 0.0}, seconds=0.5)
    days = -12.4 * 24 * 3600
    watched(phone, {desk: 0.006}, clock=days)

    assert call.packets.count_peer(desk.number).carries > 0


def test_a_way_that_carries_everything_caps_nothing(call, phone, desk):
    watched(phone, {desk: 0.0})

    assert call.packets.count_peer(desk.number).carries == 0
    assert all((one.type, one.format) != (206, 15) for one in phone.control)


def test_heavy_loss_on_the_way_caps_the_camera_too(call, phone, desk):
    phone.send(*phone.key_picture())
    began = desk.sees(1)[0].wide
    phone.send(*(phone.later_picture()[0] for _ in range(60)))
    seen = [one.wide for one in desk.sees(60)]
    third = {wide: 100 + n / 100 for n, wide in enumerate(seen) if wide % 3}

    desk.tell(arrivals({began: 99.9, **third}))

    assert soon(lambda: call.packets.count_peer(desk.number).carries)


#: As the desk numbers them.
VP8, OPUS = DESK[True][0][1], DESK[False][0][1]


class Narrow:
    """A viewer behind a way that carries so many bits a second, and keeps what does not fit."""

    def __init__(self, call: Call, phone: Phone, *, carries: float, heeded: bool) -> None:
        self.desk: Desk = call.desk(watching=phone, heeded=heeded)
        self.seen: list[Rtp] = []
        self._phone, self._carries = phone, carries
        self._sounds = count()
        self._free = 0.0  # when the way is
        self._came: dict[int, float] = {}

    def is_sent(
        self,
        until: Callable[[], object],
        *,
        bytes_each: int,
        packets: int = 1,
        key_bytes: int = 50,
        key_every: int = 100,
    ) -> int:
        """A hundred pictures a second and as many sounds; how many, until something is true."""
        begun = time.monotonic()
        for number in count():
            if until():
                return number
            if number % key_every == 0:
                self._phone.send(*self._phone.key_picture(100, key_bytes))
            else:
                more = [VP8_MORE + bytes(bytes_each)] * (packets - 1)
                self._phone.send(*self._phone.picture(VP8_DELTA + bytes(bytes_each), *more))
            spoken = next(self._sounds)
            self._phone.send(self._phone.spoken(spoken, 480 * spoken))
            self._take(time.monotonic())
            time.sleep(max(0.0, begun + (number + 1) / 100 - time.monotonic()))
        raise AssertionError

    def waits(self, *, until: Callable[[], object]) -> None:
        """Take what comes."""
        soon(lambda: self._take(time.monotonic()) or until())

    def trickles(self) -> bool:
        return self._phone.packets.count_sink(self.desk.video).trickles

    def pictures(self) -> list[list[Rtp]]:
        """What it has seen, by picture."""
        video = [packet for packet in self.seen if packet.type == VP8]
        return [list(of_one) for _, of_one in groupby(video, lambda packet: packet.time)]

    def _take(self, now: float) -> None:
        for packet in self.desk.takes_what_came():
            assert packet.wide is not None
            self._free = max(self._free, now) + 8 * len(packet.payload) / self._carries
            self._came[packet.wide] = 100 + self._free
            self.seen.append(packet)
        if len(self._came) >= 8:
            self.desk.tell(arrivals(self._came))
            self._came.clear()


def test_an_observer_on_a_narrow_way_holds_nobody_down_and_gets_sound_and_key_pictures(
    call, phone, desk
):
    narrow = Narrow(call, phone, carries=400_000, heeded=False)
    narrow.is_sent(narrow.trickles, bytes_each=1000)
    narrow.seen.clear()
    sent = narrow.is_sent(lambda: len(narrow.pictures()) > 3, bytes_each=1000)

    for picture in narrow.pictures()[1:3]:  # the first may have been cut off
        assert picture[0].payload.startswith(VP8_KEY)
        assert [packet.payload[-1] for packet in picture[1:]] == list(range(1, 100))
    numbers = [packet.number for picture in narrow.pictures() for packet in picture]
    assert numbers == [(numbers[0] + n) & 0xFFFF for n in range(len(numbers))]
    sounds = sum(packet.type == OPUS for packet in narrow.seen)
    assert sounds > 0.9 * sent
    assert all((one.type, one.format) != (206, 15) for one in phone.control)


@pytest.mark.slow
def test_a_key_picture_reaches_an_observer_whole_however_long_it_takes_and_much_comes_meanwhile(
    call, phone
):
    narrow = Narrow(call, phone, carries=300_000, heeded=False)
    much = {"bytes_each": 500, "packets": 6, "key_bytes": 800}
    narrow.is_sent(narrow.trickles, **much)
    narrow.seen.clear()
    narrow.is_sent(lambda: len(narrow.pictures()) > 2, **much)

    whole = narrow.pictures()[1]
    assert whole[0].payload.startswith(VP8_KEY)
    assert [packet.payload[-1] for packet in whole[1:]] == list(range(1, 100))


@pytest.mark.slow
def test_a_key_picture_that_comes_bit_by_bit_is_waited_for_whenever_the_last_was_asked_for(
    call, phone
):
    narrow = Narrow(call, phone, carries=400_000, heeded=False)
    narrow.is_sent(narrow.trickles, bytes_each=1000)
    phone.silence()
    narrow.is_sent(phone.was_asked_for_key_picture, bytes_each=1000, key_every=10**6)
    asked = time.monotonic()
    narrow.is_sent(lambda: time.monotonic() - asked > 4.8, bytes_each=1000, key_every=10**6)
    narrow.seen.clear()

    first, rest = (picture := phone.key_picture(100, 50))[:6], picture[6:]
    phone.send(*first)
    narrow.waits(until=lambda: time.monotonic() - asked > 5.5)
    phone.send(*rest)
    narrow.waits(until=lambda: narrow.pictures() and narrow.pictures()[0][-1].marker)

    assert len(narrow.pictures()[0]) == 100


@pytest.mark.slow
def test_an_observer_gets_everything_again_once_the_way_carries_it(call, phone):
    narrow = Narrow(call, phone, carries=400_000, heeded=False)
    narrow.is_sent(narrow.trickles, bytes_each=1000)
    narrow.is_sent(lambda: not narrow.trickles(), bytes_each=20, key_every=10**6)
    narrow.seen.clear()
    narrow.is_sent(lambda: len(narrow.pictures()) >= 30, bytes_each=20, key_every=50)

    first, second, *_ = narrow.pictures()
    assert first[0].payload.startswith(VP8_KEY)
    assert second[0].payload.startswith(VP8_DELTA)
