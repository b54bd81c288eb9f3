"""What Janus counts of a connection (`handle_info` of its administration), in our words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inspection.media.measuring import Counted


def counted(sending: dict[str, Any], seeing: dict[str, Any], before: Counted) -> Counted:
    """Both connections of one participant. What is left out stays as it was `before`.

    Janus gives octets, packets, and milliseconds.
    """
    if not sending and not seeing:
        return before
    arrived, shown = _parts(sending), _parts(seeing)
    out = sum(_number(part, "stats", "out", "packets") for part in shown)
    reported = sum(_number(part, "rtcp", "main", "lost-by-remote") for part in shown)
    round_trip = max((_number(part, "rtcp", "main", "rtt") for part in shown), default=0)
    new_out = max(0, out - before.packets_out)
    new_reported = max(0, reported - before.reported)
    return replace(
        before,
        got=sum(_number(part, "stats", "in", "packets") for part in arrived),
        lost=sum(_number(part, "rtcp", "main", "lost") for part in arrived),
        octets_in=sum(_number(part, "stats", "in", "bytes") for part in arrived),
        octets_out=sum(_number(part, "stats", "out", "bytes") for part in shown),
        packets_out=out,
        reported=reported,
        worst_seen=min(1.0, new_reported / new_out) if new_out else 0.0,
        round_trip=round_trip / 1000 if round_trip else None,
        jitter=max((_number(part, "rtcp", "main", "jitter-local") for part in arrived), default=0)
        / 1000,
        recovered=sum(_number(part, "stats", "in", "retransmissions") for part in arrived),
    )


def _parts(info: dict[str, Any]) -> list[dict[str, Any]]:
    media = _inside(info, "webrtc", "media")
    return [part for part in media.values() if isinstance(part, dict)]


def _number(part: dict[str, Any], *names: str) -> int:
    found = _inside(part, *names[:-1]).get(names[-1])
    return found if isinstance(found, int) else 0


def _inside(found: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        inner = found.get(name)
        if not isinstance(inner, dict):
            return {}
        found = inner
    return found
