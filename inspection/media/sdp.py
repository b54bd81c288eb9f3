"""Offers are checked before aiortc reads them; answers get the bitrates browsers should use."""

from __future__ import annotations

import re

from inspection.media.engine import MediaRefused, Refusal

#: Characters. Chromium's offer for one camera and one microphone is about 8,000.
LONGEST_SDP = 65_536
MOST_CANDIDATES = 32

#: kbit/s for the applicant's camera. Without them Chromium starts at 300 and stays at 640x360 for
#: many seconds; with them 1280x720 at once (measured). Other browsers ignore the names.
BITRATES = "x-google-start-bitrate=1800;x-google-min-bitrate=600;x-google-max-bitrate=2500"


def kinds_offered(sdp: str) -> list[str]:
    """The media of an offer in its order: at most one "audio" and one "video".

    Raises:
        MediaRefused: too long, too many candidates, media we do not carry, or not bundled.
    """
    if len(sdp) > LONGEST_SDP:
        raise MediaRefused(Refusal.BAD_OFFER, f"{len(sdp)} characters")
    kinds = re.findall(r"^m=(\w+)", sdp, re.MULTILINE)
    if not kinds or len(set(kinds)) < len(kinds) or not set(kinds) <= {"audio", "video"}:
        raise MediaRefused(Refusal.BAD_OFFER, f"media {kinds[:9]}")
    if not re.search(r"^a=group:BUNDLE ", sdp, re.MULTILINE):
        raise MediaRefused(Refusal.BAD_OFFER, "not bundled")
    if sdp.count("a=candidate:") > MOST_CANDIDATES:
        raise MediaRefused(Refusal.BAD_OFFER, "too many candidates")
    return kinds


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


def with_bitrates(sdp: str) -> str:
    """The answer, telling browsers which bitrates to use for every video codec in it."""
    for number in re.findall(r"^a=rtpmap:(\d+) (?:VP8|H264)/90000", sdp, re.MULTILINE):
        stated = re.compile(rf"^(a=fmtp:{number} [^\r\n]*)", re.MULTILINE)
        named = re.compile(rf"^(a=rtpmap:{number} [^\r\n]*)", re.MULTILINE)
        if stated.search(sdp):
            sdp = stated.sub(rf"\1;{BITRATES}", sdp)
        else:
            sdp = named.sub(rf"\1\r\na=fmtp:{number} {BITRATES}", sdp)
    return sdp
