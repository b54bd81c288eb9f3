"""The tape between a media worker and its recorder: real memory, real processes, real kills."""

from __future__ import annotations

import mmap
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspection.media.tape import new_tape
from tests.inspection.media.tapes import NATIVE, PLAIN, Frame, Note, TapePart

ROOT = Path(__file__).resolve().parents[3]
NOON = 1_790_000_000_000_000
SMALL = 256 * 1024
LATER = NOON + 10_000_000

#: Where the ring begins in the memory; see tape.cpp.
RING = 4096 + 2 * (65536 + 4)


@pytest.fixture
def descriptor() -> Iterator[int]:
    made = new_tape(SMALL)
    yield made
    os.close(made)


@pytest.fixture(params=[NATIVE, PLAIN], ids=["from native", "from plain"])
def worker(request) -> TapePart:
    """What writes; either may meet either at the other end."""
    return request.param


@pytest.fixture(params=[NATIVE, PLAIN], ids=["to native", "to plain"])
def recorder(request) -> TapePart:
    """What reads."""
    return request.param


def speak(tape, number: int, *, source: int = 1, words: bytes | None = None) -> bool:
    return tape.write(
        source=source,
        codec="opus",
        sequence=number % 65536,
        time=number * 960 % 2**32,
        marker=False,
        arrived=NOON + number * 20_000,
        payload=b"word %d" % number if words is None else words,
    )


def heard(reader) -> list[bytes]:
    return [each.octets for each in reader.drain(LATER, SMALL) if isinstance(each, Frame)]


def test_what_is_written_is_read_in_its_order(descriptor, worker, recorder):
    writer = worker.Tape(descriptor)
    reader = recorder.Reader(recorder.Tape(descriptor))

    writer.note("worker begins", '{"epoch": 7}')
    writer.note("source begins", '{"room": "r"}', source=1, codec="opus")
    for number in range(3):
        speak(writer, number)
    writer.note("source ends", "{}", source=1)

    begins, source, *words, ends = reader.drain(LATER, SMALL)
    assert isinstance(begins, Note)
    assert (begins.kind, begins.text) == ("worker begins", b'{"epoch": 7}')
    assert isinstance(source, Note)
    assert (source.kind, source.source, source.codec) == ("source begins", 1, "opus")
    assert [word.octets for word in words] == [b"word 0", b"word 1", b"word 2"]
    assert isinstance(ends, Note)
    assert ends.kind == "source ends"


def test_a_full_tape_refuses_whole_records_and_counts_them(descriptor, worker, recorder):
    writer = worker.Tape(descriptor)
    reader = recorder.Reader(recorder.Tape(descriptor))
    writer.note("source begins", "{}", source=1)

    written = 0
    while speak(writer, written, words=bytes(1000)):
        written += 1
    assert not speak(writer, written, words=bytes(1000))

    assert writer.dropped == 2
    assert len(heard(reader)) == written
    reader.release()
    assert speak(writer, written)


def test_the_ring_goes_round_many_times(descriptor, worker, recorder):
    writer = worker.Tape(descriptor)
    reader = recorder.Reader(recorder.Tape(descriptor))
    writer.note("source begins", "{}", source=1)
    chance = random.Random(5)

    sent, got = [], []
    for number in range(3000):
        sent.append(bytes([number % 256]) * chance.randrange(1, 1400))
        assert speak(writer, number, words=sent[-1])
        if number % 50 == 0:
            got += heard(reader)
            reader.release()
    got += heard(reader)
    assert got == sent


def test_a_worker_killed_in_the_middle_has_still_said_what_it_said(descriptor, worker, recorder):
    script = """
import sys
from %s import Tape
tape = Tape(int(sys.argv[1]))
tape.note("source begins", "{}", source=1)
for number in range(100):
    tape.write(source=1, codec="opus", sequence=number, time=number * 960, marker=False,
               arrived=1790000000000000 + number * 20000, payload=b"word %%d" %% number)
print("written", flush=True)
while True:
    pass
"""
    command = [sys.executable, "-c", script % worker.Tape.__module__, str(descriptor)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=ROOT, pass_fds=[descriptor]
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)

    assert heard(recorder.Reader(recorder.Tape(descriptor))) == [
        b"word %d" % number for number in range(100)
    ]


def test_a_new_worker_ends_the_sources_of_the_dead_one(descriptor, worker, recorder):
    first = worker.Tape(descriptor)
    first.note("source begins", '{"of": "first"}', source=1)
    speak(first, 1)
    del first

    second = worker.Tape(descriptor)
    second.note("worker begins", '{"epoch": 8}')
    speak(second, 2)  # nobody has begun a source 1 in this worker
    second.note("source begins", '{"of": "second"}', source=1)
    speak(second, 3)

    reader = recorder.Reader(recorder.Tape(descriptor))
    found = reader.drain(LATER, SMALL)
    assert [each.octets if isinstance(each, Frame) else each.kind for each in found] == [
        "source begins",
        b"word 1",
        "worker begins",
        "source begins",
        b"word 3",
    ]
    assert reader.unknown == 1


def test_a_second_reader_knows_the_sources_and_reads_what_was_not_safe(
    descriptor, worker, recorder
):
    writer = worker.Tape(descriptor)
    writer.note("source begins", '{"room": "r"}', source=1)
    speak(writer, 1)
    first = recorder.Reader(recorder.Tape(descriptor))
    first.drain(LATER, SMALL)
    first.release()
    speak(writer, 2)
    assert heard(first) == [b"word 2"]
    del first  # without a release

    second = recorder.Reader(recorder.Tape(descriptor))
    goes_on, word = second.drain(LATER, SMALL)
    assert isinstance(goes_on, Note)
    assert (goes_on.kind, goes_on.source, goes_on.text) == ("source goes on", 1, b'{"room": "r"}')
    assert isinstance(word, Frame)
    assert word.octets == b"word 2"


def test_a_request_for_a_key_picture_reaches_the_worker(descriptor, worker, recorder):
    asked, asking = worker.Tape(descriptor), recorder.Tape(descriptor)

    asking.ask_key_picture(3)

    assert asked.key_pictures_asked(3) == 1
    assert asked.key_pictures_asked(4) == 0


def test_what_is_no_tape_is_refused(worker):
    with pytest.raises(OSError, match="descriptor"):
        worker.Tape(-1)
    for size, first in ((1000, 0), (SMALL, 9)):
        made = os.memfd_create("nonsense")
        os.ftruncate(made, size)
        os.pwrite(made, bytes([first]), 0)
        with pytest.raises(ValueError, match="tape"):
            worker.Tape(made)
        os.close(made)


def test_its_size_cannot_be_changed(descriptor):
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 1)


def test_broken_memory_is_passed_over_and_never_kills_the_reader(descriptor, worker, recorder):
    writer, tape = worker.Tape(descriptor), recorder.Tape(descriptor)
    reader = recorder.Reader(tape)
    chance = random.Random(6)
    with mmap.mmap(descriptor, SMALL) as memory:
        for turn in range(2000):
            writer.note("source begins", "{}", source=turn % 7, codec="vp8")
            for number in range(5):
                speak(writer, turn * 5 + number, source=turn % 7, words=chance.randbytes(40))
            for _ in range(chance.randrange(3)):
                memory[chance.randrange(RING, SMALL)] = chance.randrange(256)
            if turn % 100 == 99:  # the counters, too; not the magic, or nobody could come back
                at = chance.choice([64, 72, 128, 4096, 4096 + 65540])
                memory[at : at + 8] = chance.randbytes(8)
            reader.drain(LATER, SMALL)
            reader.release()
            if turn % 50 == 0:
                recorder.Reader(tape).drain(LATER, SMALL)
    assert tape.broken > 0


def test_where_the_part_in_cpp_is_not_built_the_tape_is_read_in_python():
    script = """
import sys
sys.modules["yunkan_packets"] = None
from inspection.media import recorder
print(recorder.Tape.__module__, recorder.Reader.__module__)
"""
    read = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, text=True)
    assert read.split() == [PLAIN.Tape.__module__, PLAIN.Reader.__module__]
