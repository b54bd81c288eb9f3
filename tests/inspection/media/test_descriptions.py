from __future__ import annotations

import pytest

from inspection.media.engine import Quality
from inspection.media.quality import judge
from inspection.media.sdp import BITRATES, with_bitrates, without_hidden_addresses

ANSWER = (
    "m=video 9 UDP/TLS/RTP/SAVPF 97 98 99\r\n"
    "a=rtpmap:97 VP8/90000\r\n"
    "a=rtcp-fb:97 nack pli\r\n"
    "a=rtpmap:98 rtx/90000\r\n"
    "a=fmtp:98 apt=97\r\n"
    "a=rtpmap:99 H264/90000\r\n"
    "a=fmtp:99 packetization-mode=1;profile-level-id=42e01f\r\n"
)


def test_every_video_codec_of_an_answer_says_the_bitrates_once():
    lines = with_bitrates(ANSWER).split("\r\n")
    assert [line for line in lines if line.startswith("a=fmtp:")] == [
        f"a=fmtp:97 {BITRATES}",
        "a=fmtp:98 apt=97",
        f"a=fmtp:99 packetization-mode=1;profile-level-id=42e01f;{BITRATES}",
    ]


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
