"""What browsers offer Janus, and what Janus offers them."""

from __future__ import annotations

import re

from aiortc.sdp import SessionDescription

from inspection.media.engine import MediaRefused, Refusal
from inspection.media.passthrough import SEAT

#: The parts of a seat, in this order.
KINDS = ("audio", "video")

#: All that it carries: whoever comes can be shown to everybody.
CODECS = ("audio/opus", "video/VP8")


def check_offer(offer: str) -> None:
    """Janus takes much that no browser writes, and would leave a camera without VP8 in the dark.

    Raises:
        MediaRefused.
    """
    try:
        for part in SessionDescription.parse(offer).media:
            carried = any(codec.mimeType in CODECS for codec in part.rtp.codecs)
            if not (carried and part.ice and part.ice.password and part.rtcp_mux):
                raise MediaRefused(Refusal.BAD_OFFER, f"{part.kind} without {CODECS}, or halved")
    except MediaRefused:
        raise
    except Exception as no:  # it reads hostile text with asserts, indexes and int()
        raise MediaRefused(Refusal.BAD_OFFER, repr(no)[:200]) from no


def with_seats(offer: str) -> str:
    """Name the streams by their seats, as the pages know them."""
    head, *parts = re.split(r"^(?=m=)", offer, flags=re.MULTILINE)
    named = [
        re.sub(
            r"^a=msid:.*$", f"a=msid:{SEAT}{at // 2} {KINDS[at % 2]}-{at // 2}\r", part, flags=re.M
        )
        for at, part in enumerate(parts)
    ]
    return head + "".join(named)
