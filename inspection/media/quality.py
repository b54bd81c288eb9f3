"""From numbers about a link to the one word an expert sees."""

from __future__ import annotations

from inspection.media.engine import Quality

#: Fraction of packets. Beyond it a sender stops raising its rate: the link carries no more
#: (Google congestion control, draft-ietf-rmcat-gcc-02 section 6).
WEAK_LOSS = 0.02

#: Seconds. Twice the 150 ms one way up to which talk feels immediate (ITU-T G.114).
WEAK_ROUND_TRIP = 0.3

#: Seconds without any packet. A connected peer sends a report at least every 1.5 s even when it
#: has nothing to show (RFC 3550 section 6.2, at aiortc's interval); two may be late or lost.
STALLED_SECONDS = 3.0


def judge(*, loss: float, round_trip: float | None, silent: float) -> Quality:
    """The word for a link: `loss` a fraction, `round_trip` and `silent` seconds."""
    if silent >= STALLED_SECONDS:
        return Quality.LOST
    if loss > WEAK_LOSS or (round_trip or 0.0) > WEAK_ROUND_TRIP:
        return Quality.WEAK
    return Quality.GOOD
