"""Frames out of packets that come late, twice or never, by way of the tape."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from inspection.media.tape import new_tape
from tests.inspection.media.tapes import NATIVE, PLAIN, Frame, Gap, TapePart

NOON = 1_790_000_000_000_000
SECOND = 1_000_000
PICTURE = SECOND // 30


@dataclass(frozen=True)
class Sent:
    """One packet, and when it arrives (microseconds since noon)."""

    codec: str
    sequence: int
    time: int
    marker: bool
    payload: bytes
    arrives: int


class Path:
    """The way from a phone to the recorder."""

    def __init__(self, codec: str, descriptor: int, part: TapePart) -> None:
        self.codec = codec
        self.tape = part.Tape(descriptor)
        self.tape.note("source begins", "{}", source=1, codec=codec)
        self.reader = part.Reader(self.tape)

    def carry(self, sent: list[Sent], *, until: int | None = None) -> list:
        """Bring packets in the order of their arrival; then it is `until`."""
        for one in sorted(sent, key=lambda one: one.arrives):
            assert self.tape.write(
                source=1,
                codec=one.codec,
                sequence=one.sequence % 65536,
                time=one.time % 2**32,
                marker=one.marker,
                arrived=NOON + one.arrives,
                payload=one.payload,
            )
        now = max((one.arrives for one in sent), default=0) if until is None else until
        found = self.reader.drain(NOON + now, 1 << 30)
        self.reader.release()
        return [each for each in found if isinstance(each, Frame + Gap)]

    def end(self) -> list:
        self.tape.note("source ends", "{}", source=1)
        return self.carry([])


@pytest.fixture
def descriptor() -> Iterator[int]:
    made = new_tape(16 << 20)
    yield made
    os.close(made)


@pytest.fixture(params=[NATIVE, PLAIN], ids=["native", "plain"])
def part(request) -> TapePart:
    """Run the test over both parts that read a tape."""
    return request.param


@pytest.fixture
def camera(descriptor, part) -> Path:
    return Path("vp8", descriptor, part)


@pytest.fixture
def microphone(descriptor, part) -> Path:
    return Path("opus", descriptor, part)


def picture(number: int, *, key: bool = False, width: int = 640, words: bytes = b"") -> bytes:
    """The bytes of a VP8 picture, as far as anybody but a decoder reads them (RFC 6386 9.1)."""
    if not key:
        return b"\x01" + b"picture %d " % number + words
    size = width.to_bytes(2, "little") + (480).to_bytes(2, "little")
    return b"\x00\x00\x00\x9d\x01\x2a" + size + b"picture %d " % number + words


def film(count: int, *, keys: int = 30, parts: int = 3, first: int = 0, time: int = 0):
    """Pictures 0 to `count`, each in some packets; every so many is a key picture."""
    sent = []
    for number in range(count):
        octets = picture(number, key=number % keys == 0, words=bytes(60))
        length = -(-len(octets) // parts)
        for part in range(parts):
            descriptor = b"\x10" if part == 0 else b"\x00"
            sent.append(
                Sent(
                    codec="vp8",
                    sequence=first + len(sent),
                    time=time + number * 3000,
                    marker=part == parts - 1,
                    payload=descriptor + octets[part * length : (part + 1) * length],
                    arrives=number * PICTURE + part * 100,
                )
            )
    return sent


def speech(count: int, *, first: int = 0):
    return [
        Sent("opus", first + n, n * 960, False, b"word %d" % n, n * 20_000) for n in range(count)
    ]


def numbers(found: list) -> list[int]:
    """Which pictures came out, by what is written in them."""
    return [
        int(each.octets[each.octets.index(b"picture") :].split()[1])
        for each in found
        if isinstance(each, Frame)
    ]


def gaps(found: list) -> list:
    return [each for each in found if isinstance(each, Gap)]


def test_every_picture_comes_out_whole_and_says_what_it_is(camera):
    found = camera.carry(film(60))

    assert numbers(found) == list(range(60))
    first, second = found[0], found[1]
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert (first.key, first.width, first.height) == (True, 640, 480)
    assert (second.key, second.width, second.height) == (False, 0, 0)
    assert first.octets == picture(0, key=True, words=bytes(60))
    assert second.time - first.time == 3000


def test_a_packet_sent_again_after_half_a_second_still_finds_its_place(camera):
    sent = film(90)
    for lost in (40, 41, 100):
        sent[lost] = replace(sent[lost], arrives=sent[lost].arrives + SECOND // 2)

    assert numbers(camera.carry(sent)) == list(range(90))


def test_what_comes_twice_is_taken_once(camera):
    sent = film(60)
    again = [replace(one, arrives=one.arrives + 30_000) for one in sent[::2]]

    assert numbers(camera.carry(sent + again)) == list(range(60))


def test_sequence_numbers_and_times_go_over_their_end(camera):
    sent = film(60, first=65_500, time=2**32 - 30 * 3000)

    found = camera.carry(sent)

    assert numbers(found) == list(range(60))
    times = [each.time for each in found if isinstance(each, Frame)]
    assert times == [times[0] + number * 3000 for number in range(60)]


def test_after_a_lost_packet_nothing_comes_out_until_a_key_picture(camera):
    sent = film(150)
    del sent[40]  # of picture 13; picture 30 is the next that stands alone

    found = camera.carry(sent)

    assert numbers(found) == [*range(13), *range(30, 150)]
    (gap,) = gaps(found)
    assert gap.packets == 1
    assert round((gap.ends - gap.begins) / PICTURE) == 18


def test_a_lost_packet_is_waited_for_a_second_and_no_longer(microphone):
    sent = speech(200)
    del sent[100]

    before = microphone.carry(sent[:140])
    assert len(before) == 100

    after = microphone.carry(sent[140:])
    assert len(gaps(after)) == 1
    assert gaps(after)[0].packets == 1
    assert len(before) + len(after) - 1 == 199


def test_it_is_given_up_without_further_packets_too(microphone):
    sent = speech(103)
    del sent[100]

    assert len(microphone.carry(sent, until=2_500_000)) == 100
    found = microphone.carry([], until=4_000_000)
    assert [isinstance(each, Gap) for each in found] == [True, False, False]


def test_a_stream_that_begins_anew_is_followed_from_its_first_key_picture(camera):
    first = film(45)
    second = [
        replace(one, arrives=one.arrives + 2 * SECOND)
        for one in film(45, first=30_000, time=77_000_000)
    ]

    found = camera.carry(first + second, until=5 * SECOND)

    assert numbers(found) == [*range(45), *range(45)]


def test_one_packet_from_nowhere_is_not_a_new_stream(camera):
    sent = film(60)
    wild = replace(sent[50], sequence=40_000, arrives=sent[50].arrives + 1)

    assert numbers(camera.carry([*sent, wild])) == list(range(60))


def test_recording_begins_with_a_key_picture_and_asks_for_it(camera):
    sent = film(90)[10 * 3 :]

    assert camera.carry(sent[:30]) == []
    camera.reader.ask_key_pictures()
    assert camera.tape.key_pictures_asked(1) == 1

    assert numbers(camera.carry(sent[30:])) == list(range(30, 90))
    camera.reader.ask_key_pictures()
    assert camera.tape.key_pictures_asked(1) == 1


def test_an_uneven_network_does_not_make_time_uneven(microphone):
    chance = random.Random(1)
    sent = [
        replace(one, arrives=one.arrives + (0 if n == 0 else chance.randrange(150_000)))
        for n, one in enumerate(speech(300))
    ]

    found = microphone.carry(sent)

    ats = [each.at for each in found if isinstance(each, Frame)]
    steps = [later - earlier for earlier, later in itertools.pairwise(ats)]
    assert len(ats) == 300
    assert set(steps) == {20_000}


def test_when_it_ends_an_unfinished_picture_is_not_given_out(camera):
    sent = film(31)[:-1]

    assert numbers(camera.carry(sent) + camera.end()) == list(range(30))


def test_padding_is_nothing(camera):
    sent = film(30)
    padding = [
        Sent("vp8", 90 + n, 29 * 3000, False, b"", 29 * PICTURE + 1000 + n) for n in range(3)
    ]
    more = [
        replace(
            one, sequence=one.sequence + 93, time=one.time + 90_000, arrives=one.arrives + SECOND
        )
        for one in film(30)
    ]

    assert numbers(camera.carry(sent + padding + more)) == [*range(30), *range(30)]


@pytest.mark.parametrize("codec", ["opus", "vp8"])
def test_nonsense_is_survived_and_means_the_same_to_both_parts(codec):
    """Of a film, a part of each tenth packet is spoilt."""
    found: list[list] = []
    for part in (NATIVE, PLAIN):
        chance = random.Random(3)
        descriptor = new_tape(16 << 20)
        path = Path(codec, descriptor, part)
        os.close(descriptor)
        whole: list = []
        for turn in range(100):
            sent = [replace(one, codec=codec) for one in film(40, first=turn * 120)]
            for n in range(turn % 10, len(sent), 10):
                spoilt = chance.randbytes(chance.randrange(60))
                sent[n] = replace(
                    sent[n],
                    sequence=chance.choice([chance.randrange(65536), sent[n].sequence]),
                    time=chance.choice([chance.randrange(2**31), sent[n].time]),
                    marker=chance.random() < 0.2,
                    payload=chance.choice([spoilt, b"", sent[n].payload]),
                    arrives=chance.choice([chance.randrange(5 * SECOND), sent[n].arrives]),
                )
            whole += path.carry(sent)
        found.append(whole + path.end())
    native, plain = ([_said(each) for each in one] for one in found)
    assert len(native) > 100
    assert native == plain


def _said(found) -> tuple:
    """All that is known of a frame or gap but when it was, which both round in their own way."""
    if isinstance(found, Gap):
        return (found.source, found.packets)
    size = (found.width, found.height)
    return (found.source, found.octets, found.time, found.key, size)
