"""What nobody should send, behind the keys and before them: it costs the sender, and nobody else.

`run.py test` runs this once more with the packet path built for AddressSanitizer, which ends the
process at the first byte read or written where there is none.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from itertools import count
from random import Random

import pylibsrtp
import pytest

from tests.inspection.media.packet_path.by_hand import (
    SPS,
    VP8_KEY,
    VP8_MORE,
    Block,
    Control,
    Rtp,
    arrivals,
    key_picture_request,
    nack,
    receiver_report,
    sender_report,
)
from tests.inspection.media.packet_path.peer import Call, Desk, Peer, Phone, soon

#: More of them where a sanitizer looks on.
ROUNDS = int(os.environ.get("YUNKAN_FUZZ", "60"))


class Others:
    """A call that has nothing to do with it, and must not notice."""

    def __init__(self, call: Call) -> None:
        self.phone = call.phone()
        self.desk = call.desk(watching=self.phone)
        self.phone.send(*self.phone.key_picture())
        (self._last,) = self.desk.sees(1)

    def go_on(self) -> None:
        """Every packet of the next pictures comes, and by the next number."""
        for _ in range(5):
            (sent,) = self.phone.later_picture()
            self.phone.send(sent)
            (seen,) = self.desk.sees(1)
            assert seen.payload == sent.payload
            assert seen.number == (self._last.number + 1) & 0xFFFF
            self._last = seen


@pytest.fixture
def others(call) -> Others:
    return Others(call)


@pytest.fixture
def desk(call, phone) -> Desk:
    """Watches the phone, and has seen its first key picture."""
    desk = call.desk(watching=phone)
    phone.send(*phone.key_picture())
    desk.sees(1)
    return desk


# --- who is let in ---


REQUEST, ANSWER, USERNAME = 0x0001, 0x0101, 0x0006


def check(number: int = 0, *, form: int = REQUEST, attributes: bytes = b"") -> bytes:
    """An address check (STUN, RFC 8489), which says nothing if not told what."""
    head = struct.pack("!HHI12s", form, len(attributes), 0x2112A442, number.to_bytes(12, "big"))
    return head + attributes


def named(name: str) -> bytes:
    """The attribute that says whom a check is for, after one of three bytes that says nothing."""
    value = f"{name}:theirs".encode()
    padding = bytes(-len(value) % 4)
    return struct.pack("!HH3sx", 0x8022, 3, b"any") + (
        struct.pack("!HH", USERNAME, len(value)) + value + padding
    )


def test_media_from_an_address_nobody_admitted_is_not_heard(call, phone, desk, others):
    (forged,) = phone.later_picture()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(phone.protected(forged), ("127.0.0.1", call.packets.port))
        stranger.sendto(b"\x16" + bytes(100), ("127.0.0.1", call.packets.port))  # a handshake
    others.go_on()

    assert call.packets.count_source(phone.video).received == 1
    assert call.packets.letters() == []


def test_packets_that_do_not_have_the_keys_are_counted_and_dropped(call, phone, desk, others):
    (picture,) = phone.later_picture()
    phone.send_raw(picture.octets() + bytes(10))
    phone.send_raw(sender_report(phone.ssrc, ntp=1, time=1).octets() + bytes(14))
    phone.send_raw(picture.octets() + bytes(60_000))
    others.go_on()

    assert call.packets.count_peer(phone.number).spoiled == 3
    phone.send(picture)
    assert desk.sees(1)[0].payload == picture.payload


def test_a_flood_of_address_checks_shuts_out_nobody(call, phone, others):
    """Though Python is busy and reads none of them for a while."""
    numbers = count()
    newcomer = Peer(call.packets)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        while call.seconds() < 1:
            for _ in range(50):
                for attributes in (b"", named("nobody")):
                    flood = check(next(numbers), attributes=attributes)
                    stranger.sendto(flood, ("127.0.0.1", call.packets.port))
                answer = check(next(numbers), form=ANSWER)
                stranger.sendto(answer, ("127.0.0.1", call.packets.port))
            others.go_on()
            time.sleep(0.05)  # or the others would be a flood too
    knock = check(8_000_000, attributes=named(newcomer.name))
    newcomer.send_raw(knock)
    phone.send_raw(check(7_000_000))
    others.go_on()

    letters = [(peer, data) for peer, *_, data in call.packets.letters()]
    assert letters == [(0, knock), (phone.number, check(7_000_000))]
    newcomer.leave()


def test_whose_name_is_known_is_knocked_at_only_so_often(call, phone, others):
    """By somebody who has it: the others are not kept waiting for it."""
    other = Peer(call.packets)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for number in range(600):
            knock = check(number, attributes=named(phone.name))
            stranger.sendto(knock, ("127.0.0.1", call.packets.port))
        others.go_on()
        knock = check(attributes=named(other.name))
        stranger.sendto(knock, ("127.0.0.1", call.packets.port))
    others.go_on()

    letters = [data for *_, data in call.packets.letters()]
    assert letters[-1] == knock
    assert len(letters) < 300
    other.leave()


def test_only_the_first_answer_to_a_check_of_ours_is_a_letter(call, others):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        call.packets.send(check(5), *asked.getsockname())
        assert asked.recv(2048) == check(5)
        for number in (4, 5, 5):
            asked.sendto(check(number, form=ANSWER), ("127.0.0.1", call.packets.port))
    others.go_on()

    assert [data for *_, data in call.packets.letters()] == [check(5, form=ANSWER)]


@pytest.mark.parametrize(
    "attributes",
    [
        struct.pack("!HH", USERNAME, 60_000),
        struct.pack("!HH", USERNAME, 0),
        struct.pack("!HHHH", USERNAME, 5, 0x1234, 0x5678),
        struct.pack("!HH", 0x8022, 65_535) + named("x"),
        b"\x00\x06",
        named("x" * 1000),
    ],
)
def test_a_name_that_lies_about_its_length_is_nobodys(call, others, attributes):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(check(attributes=attributes), ("127.0.0.1", call.packets.port))
    others.go_on()

    assert call.packets.letters() == []


def test_a_name_is_forgotten_with_its_owner(call, others):
    gone = Peer(call.packets)
    gone.leave()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        knock = check(attributes=named(gone.name))
        stranger.sendto(knock, ("127.0.0.1", call.packets.port))
    others.go_on()

    assert call.packets.letters() == []


def test_only_whole_checks_and_handshakes_become_letters(call, phone, others):
    phone.send_raw(check()[:-1])
    phone.send_raw(check() + b"\0")
    phone.send_raw(check().replace(b"\x21\x12", b"\x21\x13"))
    phone.send_raw(b"\x16\xfe\xfd")
    phone.send_raw(b"")
    phone.send_raw(bytes(range(64, 128)))
    others.go_on()
    assert call.packets.letters() == []

    phone.send_raw(b"\x16\xfe\xfd" + bytes(20))
    phone.send_raw(check())
    others.go_on()
    assert [data for *_, data in call.packets.letters()] == [b"\x16\xfe\xfd" + bytes(20), check()]


# --- what costs too much ---


def test_who_asks_for_thousands_again_is_refused_and_nobody_else_notices(call, phone, desk, others):
    for _ in range(10):
        phone.send(*(packet for _ in range(34) for packet in phone.later_picture()))
        newest = desk.sees(34)[-1].number
    desk.tell(nack(desk.ssrc, *range(newest - 300, newest, 17), more=0xFFFF))
    for _ in range(9):
        desk.tell(nack(desk.ssrc, *([newest - 17] * 250), more=0xFFFF))

    count = soon(lambda: refused(call, desk, 30_000))
    assert count.resent + count.refused <= 17 * (18 + 9 * 250)
    # 300 at once, and 600 a second for as long as it took
    assert count.resent <= 300 + 600 * call.seconds()
    others.go_on()


def refused(call: Call, desk: Desk, least: int):
    count = call.packets.count_sink(desk.video)
    return count if count.refused >= least else None


def test_a_peer_that_floods_is_cut_off_while_anothers_call_goes_on(call, phone, desk, others):
    sent = 0
    for _ in range(20):  # far more than two thousand a second
        packets = [phone.protected(said) for said in speech(phone, sent, 250)]
        for packet in packets:
            phone.send_raw(packet)
        sent += 250
        others.go_on()

    heard = call.packets.count_source(phone.sound).received
    assert heard + call.packets.count_peer(phone.number).flooded == sent
    assert heard <= 1500 + 2000 * call.seconds()
    others.go_on()


def speech(phone: Phone, first: int, packets: int) -> list[Rtp]:
    return [phone.spoken(number=first + n, time=960 * (first + n)) for n in range(packets)]


def test_a_parameter_set_that_promises_thousands_of_millions_holds_up_nobody(phone, desk, others):
    endless = bits(
        "0100_0010 1100_0000 0001_1111" + golomb(0, 0, 1) + "0" + golomb(0, 0, 2**32 - 2)
    )
    begun = time.monotonic()
    phone.send(*phone.picture(b"\x67" + endless + b"\xff" * 8, format=102))
    others.go_on()

    assert time.monotonic() - begun < 5  # counting so far takes longer than that


def test_a_parameter_set_with_scales_beyond_any_number_is_read_past(phone, desk, others):
    for scale in (2**31 - 1, 2**31, 2**32 - 2):
        lists = "1" + "1" + golomb(scale, scale, scale)
        told = bits("0110_0100 0000_0000 0001_1111" + golomb(0, 1, 0, 0) + "0" + lists)
        phone.send(*phone.picture(b"\x67" + told + b"\xff" * 8, format=102))
    others.go_on()


def bits(written: str) -> bytes:
    figures = written.replace("_", "").replace(" ", "")
    figures += "1" * (-len(figures) % 8)
    return int(figures, 2).to_bytes(len(figures) // 8, "big")


def golomb(*numbers: int) -> str:
    """Exp-Golomb (ITU-T H.264 section 9.1)."""
    written = [format(number + 1, "b") for number in numbers]
    return "".join("0" * (len(number) - 1) + number for number in written)


# --- what is malformed, with the right keys ---


def malformed(phone: Phone) -> dict[str, bytes]:
    """Media whose header lies. Its number and time are the next, so that nothing else is odd."""
    (good,) = phone.later_picture()
    octets = good.octets()
    return {
        "nothing behind the header": octets[:12],
        "more contributors than bytes": bytes((0x8F,)) + octets[1:20],
        "all padding": bytes((0xA0,)) + octets[1:-1] + bytes((len(octets) - 12,)),
        "more padding than packet": bytes((0xA0,)) + octets[1:-1] + b"\xff",
        "no padding where there should be": bytes((0xA0,)) + octets[1:-1] + b"\0",
        "an extension cut off": bytes((0x90,)) + octets[1:12] + b"\xbe\xde\0\1\x41\1",
        "an extension of nothing": bytes((0x90,)) + octets[1:12] + b"\xbe\xde\0\0",
        "an element past its extension": bytes((0x90,)) + octets[1:12] + b"\xbe\xde\0\1\0\0\0\x4f",
        "a two-byte element past its extension": (
            bytes((0x90,)) + octets[1:12] + b"\x10\0\0\1\0\0\4\xff"
        ),
        "RTX of nothing": Rtp(97, 1, good.time, phone.ssrc + 1, b"").octets(),
        "RTX of one byte": Rtp(97, 2, good.time, phone.ssrc + 1, b"\1").octets(),
        "RTX of two bytes": Rtp(97, 3, good.time, phone.ssrc + 1, b"\1\2").octets(),
        "a picture number cut off": Rtp(96, good.number, good.time, 1, b"\x90\x80").octets(),
        "a fragment of one byte": Rtp(102, good.number, good.time, 1, b"\x7c").octets(),
        "a unit longer than its packet": Rtp(
            102, good.number, good.time, 1, b"\x78\xff\xff\x67"
        ).octets(),
        "a unit of nothing": Rtp(102, good.number, good.time, 1, b"\x78\0\0\0\1\x67").octets(),
        "parameters of one byte": Rtp(102, good.number, good.time, 1, b"\x67").octets(),
    }


def test_media_that_lies_about_itself_harms_nothing(call, phone, desk, others):
    for name, octets in malformed(phone).items():
        # libsrtp itself refuses to protect some of them
        with_keys = protected_or_none(phone, octets)
        if with_keys is not None:
            phone.send_raw(with_keys)
        assert call.packets.count_peer(phone.number), name
    others.go_on()

    phone.ssrc += 8
    phone.send(*phone.key_picture())
    desk.until(lambda: any(one.payload.startswith(VP8_KEY) for one in desk.media))


def protected_or_none(phone: Phone, octets: bytes) -> bytes | None:
    try:
        return phone.protected(octets)
    except pylibsrtp.Error:
        return None


CONTROL = {
    "a length of nothing": b"\x80\xc9\0\0\0\0\0\1",
    "a length past the end": b"\x80\xc9\xff\xff\0\0\0\1",
    "another version": b"\x40\xc9\0\1\0\0\0\1",
    "blocks that are not there": b"\x9f\xc8\0\6" + bytes(24),
    "a report without its body": b"\x80\xc8\0\1\0\0\0\1",
    "a NACK of nothing": b"\x81\xcd\0\2" + bytes(8),
    "a NACK without its streams": b"\x81\xcd\0\1" + bytes(4),
    "a request without its stream": b"\x81\xce\0\1" + bytes(4),
    "a full request with half an entry": b"\x84\xce\0\3" + bytes(12),
    "arrivals of nothing": b"\x8f\xcd\0\4" + bytes(16),
    "arrivals of more than is said": b"\x8f\xcd\0\5" + bytes(10) + b"\xff\xff" + bytes(8),
    "arrivals in runs without end": b"\x8f\xcd\0\6"
    + bytes(10)
    + b"\xff\xff\0\0\0\0"
    + b"\x3f\xff" * 4,
    "feedback on feedback": b"\x8f\xcd\0\4" + bytes(16),
    "garbage after a report": b"\x80\xc9\0\1\0\0\0\1" + b"\xff" * 7,
}


@pytest.mark.parametrize("what", CONTROL)
def test_control_that_lies_about_itself_harms_nothing(call, phone, desk, others, what):
    desk.tell(CONTROL[what])
    phone.tell(CONTROL[what])
    others.go_on()

    (later,) = phone.later_picture()
    phone.send(later)
    assert desk.sees(1)[0].payload == later.payload
    assert call.packets.count_peer(desk.number).carries == 0
    assert call.packets.count_peer(phone.number).spoiled == 0


def test_what_follows_in_a_compound_is_still_read(call, phone, desk):
    desk.tell(CONTROL["a NACK of nothing"], receiver_report(Block(desk.ssrc, fraction=64)))

    soon(lambda: call.packets.count_sink(desk.video).fraction_lost)


# --- anything, with the right keys ---


class Liar:
    """Turns what is valid into what is nearly so."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)

    def bent(self, octets: bytes, *, kept: int = 0) -> bytes:
        """`kept`: bytes at the beginning that stay, so that it gets as far as the parsers."""
        bent = bytearray(octets)
        for _ in range(self.chance.randrange(4)):
            place = self.chance.randrange(kept, max(kept + 1, len(bent)))
            match self.chance.randrange(4):
                case 0 if place < len(bent):
                    bent[place] = self.chance.choice((0, 0xFF, self.chance.randrange(256)))
                case 1:
                    del bent[max(kept, place) :]
                case 2:
                    bent += self.chance.randbytes(self.chance.randrange(30))
                case 3 if place < len(bent):
                    bent[place] ^= 1 << self.chance.randrange(8)
        return bytes(bent[:1300])

    def media(self, phone: Phone) -> bytes:
        phone.sequence += self.chance.choice((0, 1, 1, 1, 2, 9, 400))
        phone.time += self.chance.choice((0, 3000))
        again = phone.sequence - self.chance.randrange(6)
        kind, payload = self.chance.choice((
            (96, VP8_KEY + self.chance.randbytes(30)),
            (96, VP8_MORE + self.chance.randbytes(30)),
            (97, again.to_bytes(4, "big")[2:] + VP8_MORE + self.chance.randbytes(30)),
            (102, b"\x78\0" + bytes((len(SPS),)) + SPS + b"\0\2\x68\1"),
            (102, b"\x67\x64\0\x1f" + self.chance.randbytes(self.chance.randrange(40))),
            (102, b"\x7c" + self.chance.randbytes(40)),
            (103, again.to_bytes(4, "big")[2:] + b"\x41" + self.chance.randbytes(30)),
            (111, self.chance.randbytes(60)),
        ))  # fmt: skip
        ssrc = phone.ssrc + {97: 1, 103: 1, 111: 2}.get(kind, 0)
        marker, wide = self.chance.random() < 0.3, self.chance.randrange(65_536)
        packet = Rtp(kind, phone.sequence, phone.time, ssrc, payload, marker, wide)
        return self.bent(packet.octets(), kept=12)

    def control(self, phone: Phone, desk: Desk) -> bytes:
        parts = (
            sender_report(phone.ssrc, ntp=self.chance.getrandbits(64), time=phone.time),
            nack(desk.ssrc, *(self.chance.randrange(65_536) for _ in range(20)), more=0x5555),
            key_picture_request(desk.ssrc),
            arrivals({n: self.chance.random() * 7 for n in range(self.chance.randrange(1, 30))}),
            Control(201, 2, self.chance.randbytes(52)),
            Control(205, 15, self.chance.randbytes(24)),
        )  # fmt: skip
        chosen = self.chance.choices(parts, k=self.chance.randrange(1, 4))
        return self.bent(b"".join(part.octets() for part in chosen), kept=8)


@pytest.mark.parametrize("part", range(4))
def test_anything_may_be_sent_by_who_has_the_keys(call, others, part):
    liar = Liar(part)
    for _ in range(ROUNDS // 4):
        phone = call.phone()
        desk = call.desk(watching=phone)
        call.packets.want_still(phone.video)
        for _ in range(200):
            if liar.chance.random() < 0.7:
                octets = protected_or_none(phone, liar.media(phone))
                if octets is not None:
                    phone.send_raw(octets)
            else:
                sender = liar.chance.choice((phone, desk))
                sender.tell(liar.control(phone, desk))
        call.packets.take_still(phone.video)
        others.go_on()

        assert call.packets.count_peer(phone.number).silent >= 0
        assert call.packets.count_source(phone.video).received > 0
        call.leave(phone, desk)


def test_a_header_extension_of_a_number_that_cannot_be_written_is_left_out(call, phone):
    desk = call.desk(wide=15)
    desk.watch(phone)

    phone.send(*phone.key_picture())

    assert desk.sees(1)[0].wide is None
