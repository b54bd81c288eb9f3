"""Offers are checked before aiortc reads them; answers get the bitrates browsers should use."""

from __future__ import annotations

import re
from collections import Counter

from inspection.media.engine import MediaRefused, Refusal

#: Characters. Chromium's offer for one camera and one microphone is about 8,000.
LONGEST_SDP = 65_536
MOST_CANDIDATES = 32

#: kbit/s for a camera. Without them Chromium starts at 300 and stays at 640x360 for many seconds;
#: with them 1280x720 at once (measured). No least: a weak network carries what it carries. Other
#: browsers ignore the names.
BITRATES = "x-google-start-bitrate=1800;x-google-max-bitrate=2500"

#: Each packet carries the one before it again, coarsely: nobody asks for lost sound a second time,
#: it would come too late (RFC 7587 section 6.1).
SOUND = "minptime=10;useinbandfec=1"


#: Parts of one kind in an offer: one's own, and those in which several others are shown.
MOST_OF_A_KIND = 8


def media_offered(sdp: str) -> list[tuple[str, str]]:
    """Kind ("audio" or "video") and direction of each part of an offer, in its order.

    Raises:
        MediaRefused: too long, too many candidates, media we do not carry, more than one camera or
            microphone, or not bundled.
    """
    if len(sdp) > LONGEST_SDP:
        raise MediaRefused(Refusal.BAD_OFFER, f"{len(sdp)} characters")
    parts = re.split(r"^m=", sdp, flags=re.MULTILINE)[1:]
    media = [(re.split(r"\W", part, maxsplit=1)[0], _direction(part)) for part in parts]
    counts = Counter(kind for kind, _ in media)
    sending = Counter(kind for kind, direction in media if direction in ("sendrecv", "sendonly"))
    if not media or not counts.keys() <= {"audio", "video"}:
        raise MediaRefused(Refusal.BAD_OFFER, f"media {sorted(counts)[:9]}")
    if max(counts.values()) > MOST_OF_A_KIND or max(sending.values(), default=0) > 1:
        raise MediaRefused(Refusal.BAD_OFFER, f"media {dict(counts)}, sending {dict(sending)}")
    if not re.search(r"^a=group:BUNDLE ", sdp, re.MULTILINE):
        raise MediaRefused(Refusal.BAD_OFFER, "not bundled")
    if sdp.count("a=candidate:") > MOST_CANDIDATES:
        raise MediaRefused(Refusal.BAD_OFFER, "too many candidates")
    return media


def _direction(part: str) -> str:
    stated = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\b", part, re.MULTILINE)
    return stated[1] if stated else "sendrecv"  # RFC 8866 section 6.7


def without_hidden_addresses(sdp: str) -> str:
    """The offer without mDNS names (`….local`), which browsers send before a camera is allowed.

    Resolving them costs up to a second and multicast; the browser reaches our address, and its
    own shows then (peer-reflexive, RFC 8445 section 7.3.1.3). The end mark goes too, so that ICE
    keeps waiting for that.
    """
    kept = [
        line
        for line in sdp.splitlines()
        if not (line.startswith("a=candidate:") and ".local " in line)
        and line != "a=end-of-candidates"
    ]
    return "\r\n".join(kept) + "\r\n"


def with_settings(sdp: str) -> str:
    """The answer, telling browsers what to send: see `BITRATES` and `SOUND`."""
    for codec, settings in (("(?:VP8|H264)/90000", BITRATES), ("opus/48000", SOUND)):
        for number in re.findall(rf"^a=rtpmap:(\d+) {codec}", sdp, re.MULTILINE):
            stated = re.compile(rf"^(a=fmtp:{number} [^\r\n]*)", re.MULTILINE)
            named = re.compile(rf"^(a=rtpmap:{number} [^\r\n]*)", re.MULTILINE)
            if stated.search(sdp):
                sdp = stated.sub(rf"\1;{settings}", sdp)
            else:
                sdp = named.sub(rf"\1\r\na=fmtp:{number} {settings}", sdp)
    return sdp
