"""What can be counted, as `yunkan_packets.pyi` says it of the path in C++."""

from __future__ import annotations

from dataclasses import dataclass

from inspection.media.plain.streams import Peer, Sink, Source
from inspection.media.plain.way import NO_CAP


@dataclass(slots=True)
class SourceCounts:
    received: int
    lost: int
    recovered: int
    octets: int
    frames: int
    restarts: int
    jitter: float
    silent: float
    width: int
    height: int


@dataclass(slots=True)
class SinkCounts:
    packets: int
    octets: int
    resent: int
    refused: int
    fraction_lost: float
    open: bool
    trickles: bool


@dataclass(slots=True)
class PeerCounts:
    silent: float
    round_trip: float | None
    carries: int
    flooded: int
    spoiled: int


def of_source(source: Source, now: float) -> SourceCounts:
    return SourceCounts(
        received=source.reception.received,
        lost=source.reception.lost,
        recovered=source.recovered,
        octets=source.octets,
        frames=source.frames,
        restarts=source.restarts,
        jitter=source.reception.jitter / source.clock,
        silent=_since(source.heard, now),
        width=source.size[0],
        height=source.size[1],
    )


def of_sink(sink: Sink) -> SinkCounts:
    return SinkCounts(
        packets=sink.packets,
        octets=sink.octets,
        resent=sink.resent,
        refused=sink.refused,
        fraction_lost=sink.fraction_lost,
        open=sink.shows,
        trickles=sink.trickle is not None,
    )


def of_peer(peer: Peer, now: float) -> PeerCounts:
    return PeerCounts(
        silent=_since(peer.heard, now),
        round_trip=peer.round_trip,
        carries=0 if peer.way.cap == NO_CAP else peer.way.cap,
        flooded=peer.flooded,
        spoiled=peer.spoiled,
    )


def _since(heard: float, now: float) -> float:
    return now - heard if heard >= 0 else -1.0
