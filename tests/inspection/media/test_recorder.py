"""Recordings as they lie on the disk: real encodings, real processes, real kills."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder

from inspection.media.recorder import Recorder
from inspection.media.recording import Recording
from inspection.media.tape import new_tape
from inspection.media.taped import Tape

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SECOND = 1_000_000
NOON = 1_790_000_000 * SECOND
AT_NOON = datetime.fromtimestamp(NOON // SECOND, UTC)

#: Pictures a second of the test encodings.
RATE = 10


@dataclass(frozen=True)
class Sent:
    """One packet, and when it arrives (microseconds since the beginning)."""

    codec: str
    sequence: int
    time: int
    marker: bool
    payload: bytes
    arrives: int


@cache
def film(
    codec: str, *, seconds: int = 1, width: int = 160, height: int = 120, key_every: int = 1
) -> tuple[Sent, ...]:
    """Grainy moving shades, encoded for real, with a key picture so often (seconds)."""
    encoder = av.codec.CodecContext.create({"vp8": "libvpx", "h264": "libx264"}[codec], "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, RATE), 400_000
    encoder.gop_size = RATE * key_every
    encoder.options = {
        "vp8": {"deadline": "realtime", "cpu-used": "16", "lag-in-frames": "0"},
        "h264": {"preset": "ultrafast", "tune": "zerolatency"},
    }[codec]
    sent: list[Sent] = []
    across, grain = np.arange(width), np.random.default_rng(4)
    for number in range(seconds * RATE):
        luma = (across + number * 3 + grain.integers(0, 30, (height, width))) % 256
        chroma = np.full((height // 2, width), 128)
        frame = av.VideoFrame.from_ndarray(
            np.vstack([luma, chroma]).astype(np.uint8), format="yuv420p"
        )
        frame.pts = number
        for packet in encoder.encode(frame):
            payloads = _payloads(codec, bytes(packet), number)
            for part, payload in enumerate(payloads):
                sent.append(
                    Sent(
                        codec,
                        len(sent),
                        number * 90_000 // RATE,
                        part == len(payloads) - 1,
                        payload,
                        number * SECOND // RATE + part * 50,
                    )
                )
    return tuple(sent)


def _payloads(codec: str, octets: bytes, number: int) -> list[bytes]:
    if codec == "vp8":
        return Vp8Encoder._packetize(octets, number)
    return H264Encoder._packetize(H264Encoder._split_bitstream(octets))


@cache
def speech(*, seconds: int = 1) -> tuple[Sent, ...]:
    encoder = av.codec.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    tone = (np.sin(np.arange(960 * 2) / 20) * 8000).astype(np.int16)
    sent: list[Sent] = []
    for number in range(seconds * 50):
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, number * 960
        for packet in encoder.encode(frame):
            n = len(sent)
            sent.append(Sent("opus", n, n * 960, False, bytes(packet), n * 20_000))
    return tuple(sent)


def later(
    sent: tuple[Sent, ...], seconds: float, *, packets: int | None = None
) -> tuple[Sent, ...]:
    """The same stream going on: packets and times follow those of as many packets."""
    clock = 48_000 if sent[0].codec == "opus" else 90_000
    packets = len(sent) if packets is None else packets
    return tuple(
        replace(
            one,
            sequence=one.sequence + packets,
            time=one.time + int(seconds * clock),
            arrives=one.arrives + int(seconds * SECOND),
        )
        for one in sent
    )


class Worker:
    """What a media worker does to the tape."""

    def __init__(self, descriptor: int, *, since: int = NOON) -> None:
        self.tape = Tape(descriptor)
        self.since = since

    def begin(self, source: int, codec: str, *, room: str = "s-1", identity: str = "phone") -> None:
        text = json.dumps({"room": room, "identity": identity, "role": "applicant"})
        assert self.tape.note("source begins", text, source=source, codec=codec)

    def end(self, source: int) -> None:
        assert self.tape.note("source ends", "{}", source=source)

    def send(self, streams: dict[int, tuple[Sent, ...]]) -> int:
        """Write everything in the order of arrival; when the last arrived."""
        packets = [(source, one) for source, sent in streams.items() for one in sent]
        for source, one in sorted(packets, key=lambda each: each[1].arrives):
            assert self.tape.write(
                source=source,
                codec=one.codec,
                sequence=one.sequence % 65536,
                time=one.time % 2**32,
                marker=one.marker,
                arrived=self.since + one.arrives,
                payload=one.payload,
            )
        return self.since + max(one.arrives for _, one in packets)


@pytest.fixture
def descriptor() -> Iterator[int]:
    made = new_tape(16 << 20)
    yield made
    os.close(made)


@pytest.fixture
def worker(descriptor) -> Worker:
    return Worker(descriptor)


@pytest.fixture
def recorder(descriptor, tmp_path) -> Recorder:
    return Recorder(Tape(descriptor), tmp_path)


@dataclass
class Played:
    pictures: int = 0
    sounds: int = 0
    size: tuple[int, int] | None = None


def play(file: Path) -> Played:
    """Decode all of it; any complaint of the decoder is an error."""
    played = Played()
    with av.logging.Capture() as complaints, av.open(str(file)) as container:
        for stream in container.streams:
            stream.codec_context.thread_count = 1
        for frame in container.decode():
            if isinstance(frame, av.VideoFrame):
                played.pictures += 1
                played.size = (frame.width, frame.height)
            else:
                played.sounds += 1
    # the end of a file whose writer was killed is no fault of what is in it
    assert [said for said in complaints if "prematurely" not in said[2]] == []
    return played


def phone(tmp_path: Path) -> Recording:
    return Recording.read(tmp_path / "s-1" / "phone")


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_a_call_is_recorded_in_segments_that_begin_with_key_pictures(
    codec, worker, recorder, tmp_path
):
    worker.begin(1, "opus")
    worker.begin(2, codec)
    recorder.turn(NOON)
    now = worker.send({1: speech(seconds=20), 2: film(codec, seconds=20)})
    recorder.turn(now)
    worker.end(1)
    worker.end(2)
    recorder.turn(now)

    recording = phone(tmp_path)
    assert [stretch.file.name for stretch in recording.stretches] == [
        "000001.mkv",
        "000002.mkv",
        "000003.mkv",
        "000004.mkv",
    ]
    assert all(stretch.seconds <= 10 for stretch in recording.stretches)
    assert recording.seconds == pytest.approx(20, abs=0.2)
    assert recording.missing == ()
    played = [play(stretch.file) for stretch in recording.stretches]
    assert sum(each.pictures for each in played) == 20 * RATE
    assert sum(each.sounds for each in played) >= 20 * 50 - 1
    assert [each.pictures for each in played] == [one.frames for one in recording.stretches]
    assert recording.stretches[0].width == 160
    with av.open(str(recording.stretches[0].file)) as container:
        sound = container.streams.audio[0].codec_context
        assert (sound.sample_rate, sound.layout.name) == (48_000, "stereo")
        assert sound.extradata is not None  # without it some players are silent


def test_a_moment_is_found_again(worker, recorder, tmp_path):
    worker.begin(2, "vp8")
    now = worker.send({2: film("vp8", seconds=20)})
    recorder.turn(now)
    recorder.close()

    recording = phone(tmp_path)
    where = recording.moment(AT_NOON + timedelta(seconds=8.5))
    assert where is not None
    file, seconds = where
    assert file.name == "000002.mkv"
    assert seconds == pytest.approx(2.5, abs=0.1)
    before = recording.moment(AT_NOON - timedelta(hours=1))
    assert before == (recording.stretches[0].file, 0.0)
    assert recording.moment(AT_NOON + timedelta(hours=1)) is None


def test_sound_alone_is_recorded_and_video_may_come_later(worker, recorder, tmp_path):
    worker.begin(1, "opus")
    sound = speech(seconds=20)
    recorder.turn(worker.send({1: sound[:650]}))
    worker.begin(2, "vp8")
    now = worker.send({1: sound[650:], 2: later(film("vp8", seconds=5), 13.5, packets=0)})
    recorder.turn(now)
    recorder.close()

    recording = phone(tmp_path)
    assert [stretch.width for stretch in recording.stretches] == [0, 0, 160]
    played = [play(stretch.file) for stretch in recording.stretches]
    assert sum(each.sounds for each in played) >= 999
    assert sum(each.pictures for each in played) == 5 * RATE


def test_when_the_camera_is_off_segments_of_sound_follow(worker, recorder, tmp_path):
    worker.begin(1, "opus")
    worker.begin(2, "vp8")
    first = film("vp8", seconds=2)
    again = later(first, 28, packets=len(first))
    recorder.turn(worker.send({1: speech(seconds=35), 2: first + again}))
    recorder.close()

    recording = phone(tmp_path)
    assert [stretch.width for stretch in recording.stretches] == [160, 0, 0, 160]
    played = [play(stretch.file) for stretch in recording.stretches]
    assert sum(each.pictures for each in played) == 4 * RATE
    assert sum(each.sounds for each in played) >= 1749


def test_sound_waits_a_moment_for_its_picture(worker, recorder, tmp_path):
    worker.begin(1, "opus")
    worker.begin(2, "vp8")
    now = worker.send({1: speech(seconds=3), 2: later(film("vp8", seconds=2), 0.8, packets=0)})
    recorder.turn(now)
    recorder.close()

    (only,) = phone(tmp_path).stretches
    played = play(only.file)
    assert played.pictures == 2 * RATE
    assert played.sounds >= 149


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_another_size_is_another_segment(codec, worker, recorder, tmp_path):
    worker.begin(2, codec)
    small = film(codec, seconds=2)
    large = later(film(codec, seconds=2, width=320, height=240), 2, packets=len(small))
    recorder.turn(worker.send({2: small + large}))
    recorder.close()

    recording = phone(tmp_path)
    assert [(one.width, one.height) for one in recording.stretches] == [(160, 120), (320, 240)]
    assert [play(one.file).size for one in recording.stretches] == [(160, 120), (320, 240)]


def test_without_key_pictures_a_segment_grows_rather_than_lose_any(worker, recorder, tmp_path):
    worker.begin(2, "vp8")
    recorder.turn(worker.send({2: film("vp8", seconds=12, key_every=100)}))
    recorder.close()

    (only,) = phone(tmp_path).stretches
    assert play(only.file).pictures == 12 * RATE


def test_five_packets_of_a_hundred_lost_and_sent_again_leave_everything(worker, recorder, tmp_path):
    chance = random.Random(11)
    worker.begin(1, "opus")
    worker.begin(2, "vp8")
    streams = {
        source: tuple(
            replace(one, arrives=one.arrives + chance.randrange(60_000, 600_000))
            if chance.random() < 0.05
            else one
            for one in sent
        )
        for source, sent in ((1, speech(seconds=20)), (2, film("vp8", seconds=20)))
    }
    now = worker.send(streams)
    recorder.turn(now)
    worker.end(1)
    worker.end(2)
    recorder.turn(now)

    recording = phone(tmp_path)
    assert recording.missing == ()
    played = [play(one.file) for one in recording.stretches]
    assert sum(each.pictures for each in played) >= 0.995 * 20 * RATE
    assert sum(each.sounds for each in played) >= 0.995 * 1000


def test_what_never_came_is_noted_and_the_rest_plays(worker, recorder, tmp_path):
    worker.begin(2, "vp8")
    sent = film("vp8", seconds=20)
    recorder.turn(worker.send({2: tuple(one for one in sent if one.sequence != 100)}))
    recorder.close()

    recording = phone(tmp_path)
    (gap,) = recording.missing
    assert (gap.packets, gap.track, gap.cause) == (1, "video", "network")
    played = sum(play(one.file).pictures for one in recording.stretches)
    missed = (gap.ends_at - gap.begins_at).total_seconds() * RATE - 1
    assert played == round(20 * RATE - missed)


def test_names_from_the_wire_never_leave_the_folder(worker, recorder, tmp_path):
    worker.begin(2, "vp8", room="../../etc", identity="..")
    worker.begin(3, "vp8", room="s-1", identity="a/b\x00")
    worker.tape.note("source begins", "no json", source=4, codec="vp8")
    worker.tape.note("source begins", '["room"]', source=5, codec="vp8")
    sent = film("vp8")
    recorder.turn(worker.send({2: sent, 3: sent, 4: sent, 5: sent}))
    recorder.close()

    files = sorted(tmp_path.rglob("*.mkv"))
    assert len(files) == 2
    assert all(len(file.relative_to(tmp_path).parts) == 3 for file in files)
    assert not (tmp_path.parent / "etc").exists()


def test_when_the_worker_dies_its_segments_are_finished_and_the_gap_has_its_cause(
    worker, recorder, descriptor, tmp_path
):
    worker.begin(2, "vp8")
    recorder.turn(worker.send({2: film("vp8", seconds=3)}))
    successor = Worker(descriptor, since=NOON + 10 * SECOND)
    successor.tape.note("worker begins", '{"epoch": 2}')
    successor.begin(2, "vp8")
    recorder.turn(successor.send({2: film("vp8", seconds=3)}))
    recorder.close()

    recording = phone(tmp_path)
    assert [play(one.file).pictures for one in recording.stretches] == [3 * RATE, 3 * RATE]
    (gap,) = recording.missing
    assert gap.cause == "worker ended"
    assert (gap.ends_at - gap.begins_at).total_seconds() == pytest.approx(7, abs=0.2)


def test_a_silent_phone_does_not_keep_its_segment_open(worker, recorder, tmp_path):
    worker.begin(2, "vp8")
    now = worker.send({2: film("vp8", seconds=2)})
    recorder.turn(now)
    recorder.turn(now + 11 * SECOND)

    assert len(phone(tmp_path).stretches) == 1


def test_a_folder_that_cannot_be_written_costs_only_what_came_meanwhile(worker, recorder, tmp_path):
    obstacle = tmp_path / "s-1"
    obstacle.write_text("not a folder")
    worker.begin(2, "vp8")
    worker.begin(3, "vp8", room="s-2")
    sent = film("vp8", seconds=20)
    recorder.turn(worker.send({2: sent[: len(sent) // 2], 3: sent[: len(sent) // 2]}))
    obstacle.unlink()
    recorder.turn(worker.send({2: sent[len(sent) // 2 :], 3: sent[len(sent) // 2 :]}))
    recorder.close()

    recording = phone(tmp_path)
    assert sum(play(one.file).pictures for one in recording.stretches) >= 9 * RATE
    assert [gap.cause for gap in recording.missing] == ["disk: Not a directory"]
    other = Recording.read(tmp_path / "s-2" / "phone")
    assert sum(one.frames for one in other.stretches) == 20 * RATE


def test_a_disk_that_fills_up_while_writing_is_survived_and_said(worker, recorder, tmp_path):
    worker.begin(2, "vp8")
    sent = film("vp8", seconds=20)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        recorder.turn(worker.send({2: sent[: len(sent) // 2]}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    recorder.turn(worker.send({2: sent[len(sent) // 2 :]}))
    recorder.close()

    recording = phone(tmp_path)
    assert [gap.cause for gap in recording.missing] == ["disk: File too large"]
    listed = {one.file for one in recording.stretches}
    assert listed == set((tmp_path / "s-1" / "phone").glob("*.mkv"))
    assert recording.stretches[-1].frames >= 4 * RATE


@dataclass
class Filling:
    """A disk on which there is room, or not."""

    room: bool

    def has_room(self) -> bool:
        return self.room


@pytest.mark.parametrize("room", [(True, False), (False, False), (False, True)])
def test_without_room_nothing_is_recorded_and_the_gap_says_so(worker, descriptor, tmp_path, room):
    disk = Filling(room[0])
    recorder = Recorder(Tape(descriptor), tmp_path, disk=disk)
    worker.begin(2, "vp8")
    sent = film("vp8", seconds=40)
    recorder.turn(worker.send({2: sent[: len(sent) // 2]}))
    disk.room = room[1]
    recorder.turn(worker.send({2: sent[len(sent) // 2 :]}))
    recorder.close()

    recording = phone(tmp_path)
    (gap,) = recording.missing
    assert gap.cause == "disk: almost full"
    recorded = sum(one.seconds for one in recording.stretches)
    missing = (gap.ends_at - gap.begins_at).total_seconds()
    assert recorded + missing == pytest.approx(40, abs=0.5)
    assert (recorded > 10) is any(room)


def test_a_call_that_moved_is_recorded_from_its_first_moment_though_its_folder_is_not_free_yet(
    worker, recorder, tmp_path
):
    worker.begin(2, "vp8")
    recorder.turn(worker.send({2: film("vp8", seconds=2)}))
    other_tape = new_tape(1 << 20)
    other_worker, other = Worker(other_tape), Recorder(Tape(other_tape), tmp_path)
    other_worker.begin(2, "vp8")
    sent = other_worker.send({2: film("vp8", seconds=2)})
    lets_go = threading.Timer(0.5, recorder.close)
    lets_go.start()
    other.turn(sent)
    lets_go.join()
    other.close()
    os.close(other_tape)

    recording = phone(tmp_path)
    assert [one.frames for one in recording.stretches] == [2 * RATE, 2 * RATE]
    assert not [gap for gap in recording.missing if "disk" in gap.cause]


def test_two_recorders_never_write_into_one_folder(worker, recorder, tmp_path):
    worker.begin(2, "vp8")
    sent = film("vp8", seconds=20)
    recorder.turn(worker.send({2: sent[: len(sent) // 2]}))
    other_tape = new_tape(1 << 20)
    other_worker, other = Worker(other_tape), Recorder(Tape(other_tape), tmp_path)
    other_worker.begin(2, "vp8")
    other.turn(other_worker.send({2: film("vp8", seconds=1)}))
    assert len(phone(tmp_path).stretches) == 1  # and one that is being written
    recorder.close()

    late = later(film("vp8", seconds=1), 30, packets=len(film("vp8", seconds=1)))
    other.turn(other_worker.send({2: late}))
    other.close()
    os.close(other_tape)

    recording = phone(tmp_path)
    assert [one.cause for one in recording.stretches] == [None] * 3
    for one in recording.stretches:
        assert hashlib.sha256(one.file.read_bytes()).hexdigest() == one.sha256


# --- the process ---


@contextmanager
def recording_process(descriptor: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "inspection.media.recorder", "--supervised"]
    with subprocess.Popen(
        [*command, "--tape", str(descriptor), "--folder", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[descriptor],
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def wait_until(true, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def now() -> int:
    return time.time_ns() // 1000


def test_it_ends_with_its_parent_and_finishes_what_it_writes(descriptor, tmp_path):
    worker = Worker(descriptor, since=now() - 3 * SECOND)
    worker.begin(2, "vp8")
    worker.send({2: film("vp8", seconds=3)})
    with recording_process(descriptor, tmp_path) as process:
        wait_until(lambda: list(tmp_path.rglob("*.mkv")))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0

    (only,) = phone(tmp_path).stretches
    assert only.cause is None
    assert play(only.file).pictures == 3 * RATE


def test_recordings_cut_by_kill_nine_play_and_their_index_is_finished(
    packet_path, descriptor, tmp_path
):
    """Ten phones, one kill; the next recorder goes on with all of them."""
    phones = range(10)
    worker = Worker(descriptor, since=now() - 4 * SECOND)
    for n in phones:
        worker.begin(n, "vp8", identity=f"phone-{n}")
        worker.begin(100 + n, "opus", identity=f"phone-{n}")
    sent, sound = film("vp8", seconds=4), speech(seconds=4)

    def files() -> list[Path]:
        return list(tmp_path.rglob("*.mkv"))

    with recording_process(descriptor, tmp_path) as process:
        worker.send(dict.fromkeys(phones, sent) | {100 + n: sound for n in phones})
        wait_until(lambda: [one.stat().st_size > 20_000 for one in files()] == [True] * len(phones))
        process.send_signal(signal.SIGKILL)
        process.wait()

    with recording_process(descriptor, tmp_path) as process:
        worker.since = now()
        more = later(film("vp8", seconds=1), 4, packets=len(sent))
        worker.send(dict.fromkeys(phones, more))
        folders = [tmp_path / "s-1" / f"phone-{n}" for n in phones]
        wait_until(lambda: all((one / "000002.mkv").exists() for one in folders))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0

    for folder in folders:
        recording = Recording.read(folder)
        cut, *after = recording.stretches
        assert cut.cause == "recorder ended"
        assert "recorder ended" in [gap.cause for gap in recording.missing]
        assert [one.cause for one in after] == [None] * len(after)
        assert [play(one.file).pictures for one in recording.stretches] == [
            one.frames for one in recording.stretches
        ]
        # what the dead one had not made safe was read again, from the next key picture on
        assert 3 * RATE < sum(one.frames for one in recording.stretches) <= 5 * RATE
        assert after[0].starts_at - cut.ends_at > timedelta(seconds=-0.1)
