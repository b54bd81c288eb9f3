"""Who may come in, and what is left of those who went."""

from __future__ import annotations

import gc
import os
import select
from pathlib import Path

import pytest

from tests.inspection.media.packet_path.peer import (
    PATIENCE,
    Call,
    Desk,
    Peer,
    Phone,
    begin,
    soon,
)

#: Peers that come and go; by hand: 10,000.
PEERS = int(os.environ.get("YUNKAN_PEERS", "500"))


def test_an_address_that_passed_a_check_may_shake_hands(call):
    peer = Peer(call.packets)
    handshake = b"\x16\xfe\xfd" + bytes(40)
    peer.send_raw(handshake)  # not yet
    call.packets.admit(peer.number, *peer.place)
    soon(lambda: peer.send_raw(handshake) or select.select([call.packets.fileno()], [], [], 0.1)[0])

    assert call.packets.letters()[0] == (peer.number, *peer.place, handshake)
    peer.leave()


def test_python_sends_by_the_same_port(call, phone):
    call.packets.send(b"an answer", *phone.place)

    data, (host, port) = phone.socket.recvfrom(2048)
    assert (data, host, port) == (b"an answer", "127.0.0.1", call.packets.port)


def test_what_is_done_to_somebody_gone_is_ignored(call, phone, desk):
    phone.leave()
    packets = call.packets
    how = {"video": True, "formats": [("VP8", 96, 97, 90_000)], "ssrc": 1, "retransmission_ssrc": 2}

    assert packets.add_source(phone.number, reporter=3, transport_wide=0, **how) == 0
    assert packets.add_sink(phone.number, transport_wide=0, **how) == 0
    packets.admit(phone.number, "127.0.0.1", 9)
    packets.move(phone.number, "127.0.0.1", 9)
    packets.remove_peer(phone.number)
    packets.feed(desk.video, phone.video)
    packets.ask_key_picture(phone.video)
    packets.want_still(phone.video)
    assert packets.take_still(phone.video) is None
    assert packets.count_source(phone.video) is None
    assert packets.count_peer(phone.number) is None
    assert packets.count_sink(desk.video).open is False


def test_counts_say_what_was_carried(call, phone, desk):
    count = call.packets.count_source(phone.video)
    assert (count.received, count.silent, count.width) == (0, -1, 0)

    sent = phone.key_picture(packets=3) + phone.later_picture()
    phone.send(*sent, sent[-1].octets())  # SRTP refuses the same packet twice
    desk.sees(4)
    octets = sum(len(one.payload) for one in sent)

    count = call.packets.count_source(phone.video)
    assert (count.received, count.lost, count.recovered, count.restarts) == (4, 0, 0, 0)
    assert (count.octets, count.frames) == (octets, 2)
    assert 0 <= count.silent < PATIENCE
    shown = call.packets.count_sink(desk.video)
    assert (shown.packets, shown.octets, shown.resent, shown.refused) == (4, octets, 0, 0)
    assert shown.open
    peer = call.packets.count_peer(phone.number)
    assert (peer.flooded, peer.round_trip, peer.carries) == (0, None, 0)


def resident() -> int:
    """Bytes of memory this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(
    "libasan" in os.environ.get("LD_PRELOAD", ""), reason="it keeps what was freed, to watch it"
)
def test_nothing_is_left_of_those_who_came_and_went(path):
    call = Call(path)
    stays = call.phone()

    def come_and_go(peers: int) -> None:
        for _ in range(peers):
            phone, desk = Phone(call.packets), Desk(call.packets)
            desk.watch(phone)
            stays.packets.feed(desk.sound, stays.sound)
            for one in (phone, desk):
                one.connect()
            phone.send(*phone.key_picture(packets=2))
            for one in (phone, desk):
                one.leave()

    come_and_go(50)
    gc.collect()
    memory, descriptors = resident(), len(os.listdir("/proc/self/fd"))
    come_and_go(PEERS // 2)
    gc.collect()

    assert resident() - memory < 8 << 20
    assert len(os.listdir("/proc/self/fd")) == descriptors
    call.close()


def test_a_port_that_is_taken_is_refused(path):
    packets = begin(path)
    with pytest.raises(RuntimeError):
        begin(path, packets.port)
