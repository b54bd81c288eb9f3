"""What is asked of who is recorded."""

from __future__ import annotations

import os
import time

import pytest

from inspection.media.tape import new_tape

#: Seconds between two key pictures for the recording, and without a loss before the next.
SEGMENT, EASY = 8.0, 4.0


@pytest.fixture
def recorded(call, phone):
    tape = new_tape(1 << 20)
    call.packets.record_on(tape, "{}")
    call.packets.record(phone.video, "{}")
    yield phone
    os.close(tape)


@pytest.mark.slow
def test_the_recording_asks_for_no_key_picture_while_packets_are_lost(recorded):
    recorded.is_asked_for_key_picture()
    recorded.send(*recorded.key_picture())
    for number in range(1, 2 * int(SEGMENT) + 3):
        (lost,), (after,) = recorded.later_picture(), recorded.later_picture()
        at = time.monotonic()
        recorded.send(after)
        assert not recorded.was_asked_for_key_picture()
        recorded.hears_of(205, 1)
        recorded.send(recorded.again(lost, number))
        time.sleep(0.5)

    recorded.is_asked_for_key_picture()
    assert time.monotonic() - at >= EASY
