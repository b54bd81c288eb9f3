from __future__ import annotations

import pytest

from inspection.media.engine import MediaRefused, Quality, Refusal
from inspection.media.quality import judge
from inspection.media.sdp import (
    BITRATES,
    SOUND,
    media_offered,
    with_settings,
    without_hidden_addresses,
)

ANSWER = (
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 97 98 99\r\n"
    "a=rtpmap:97 VP8/90000\r\n"
    "a=rtcp-fb:97 nack pli\r\n"
    "a=rtpmap:98 rtx/90000\r\n"
    "a=fmtp:98 apt=97\r\n"
    "a=rtpmap:99 H264/90000\r\n"
    "a=fmtp:99 packetization-mode=1;profile-level-id=42e01f\r\n"
)


def test_every_codec_of_an_answer_says_its_settings_once():
    lines = with_settings(ANSWER).split("\r\n")
    assert [line for line in lines if line.startswith("a=fmtp:")] == [
        f"a=fmtp:111 {SOUND}",
        f"a=fmtp:97 {BITRATES}",
        "a=fmtp:98 apt=97",
        f"a=fmtp:99 packetization-mode=1;profile-level-id=42e01f;{BITRATES}",
    ]


def offer(*parts: str) -> str:
    return "a=group:BUNDLE 0\r\n" + "".join(
        f"m={kind} 9 UDP/TLS/RTP/SAVPF 96\r\na={direction}\r\n"
        for kind, _, direction in (part.partition(" ") for part in parts)
    )


def test_an_offer_is_one_camera_one_microphone_and_seats_for_others():
    parts = ("audio sendrecv", "video sendrecv", "audio recvonly", "video recvonly")
    assert media_offered(offer(*parts)) == [tuple(part.split(" ")) for part in parts]


def test_media_without_a_direction_is_both_sent_and_received():
    assert media_offered("a=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n") == [
        ("video", "sendrecv")
    ]


@pytest.mark.parametrize(
    "parts",
    [
        (),
        ("application sendrecv",),
        ("video sendrecv", "video sendonly"),
        ("audio recvonly",) * 9,
    ],
)
def test_other_media_two_cameras_and_too_many_seats_are_refused(parts):
    with pytest.raises(MediaRefused) as refused:
        media_offered(offer(*parts))
    assert refused.value.code is Refusal.BAD_OFFER


def test_addresses_a_browser_hides_are_not_looked_up():
    offer = (
        "a=candidate:1 1 udp 2113937151 4ad3.local 50000 typ host\r\n"
        "a=candidate:2 1 udp 2113937151 192.0.2.7 50001 typ host\r\n"
        "a=end-of-candidates\r\n"
    )
    assert without_hidden_addresses(offer) == offer.split("\r\n")[1] + "\r\n"


@pytest.mark.parametrize(
    ("loss", "round_trip", "silent", "word"),
    [
        (0.0, None, 0.2, Quality.GOOD),
        (0.02, 0.3, 0.2, Quality.GOOD),
        (0.03, 0.1, 0.2, Quality.WEAK),
        (0.0, 0.4, 0.2, Quality.WEAK),
        (0.0, 0.1, 3.0, Quality.LOST),
    ],
)
def test_one_word_for_a_link(loss, round_trip, silent, word):
    assert judge(loss=loss, round_trip=round_trip, silent=silent) is word
