"""Originals are kept once, unchanged, and are there after the power went.

What a store promises is asked of a folder, of memory, and of a bucket on a real object store alike.
"""

import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import obstore
import pytest
from obstore.store import MemoryStore

from server.adapters.files import FileDamaged, FileMissing, Files, FilesAway, files_at

ROOT = Path(__file__).resolve().parents[2]
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40
DIGEST = hashlib.sha256(PHOTO).hexdigest()
NAME = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "佐证 files"


def original(folder: Path, digest: str = DIGEST) -> Path:
    return folder / digest[:2] / digest[2:4] / digest


class Shelf(Protocol):
    """A store, and what really lies in it, seen past the code under test."""

    files: Files

    def lay(self, name: str, data: bytes) -> None: ...

    def lies(self) -> dict[str, bytes]: ...


class FolderShelf:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files = files_at(folder.as_uri())

    def lay(self, name: str, data: bytes) -> None:
        (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(data)

    def lies(self) -> dict[str, bytes]:
        return {
            path.relative_to(self._folder).as_posix(): path.read_bytes()
            for path in self._folder.rglob("*")
            if path.is_file()
        }


class MemoryShelf:
    def __init__(self) -> None:
        self._store = MemoryStore()
        self.files = Files(self._store)

    def lay(self, name: str, data: bytes) -> None:
        obstore.put(self._store, name, data)

    def lies(self) -> dict[str, bytes]:
        listed = [one["path"] for page in self._store.list() for one in page]
        return {name: bytes(self._store.get(name).bytes()) for name in listed}


class BucketShelf:
    """Looks into the bucket by plain HTTP, as any other client of it would."""

    def __init__(self, bucket: str) -> None:
        self._bucket, self._prefix = bucket, uuid.uuid4().hex
        self.address = f"s3://bureau/{self._prefix}"
        self.files = files_at(self.address)

    def lay(self, name: str, data: bytes) -> None:
        url = f"{self._bucket}/{self._prefix}/{name}"
        with urlopen(Request(url, data=data, method="PUT"), timeout=5):
            return

    def lies(self) -> dict[str, bytes]:
        with urlopen(f"{self._bucket}?list-type=2&prefix={self._prefix}/", timeout=5) as answer:
            keys = [key.text for key in ElementTree.parse(answer).iterfind(".//{*}Key")]
        found = {}
        for key in filter(None, keys):
            with urlopen(f"{self._bucket}/{key}", timeout=5) as answer:
                found[key.removeprefix(f"{self._prefix}/")] = answer.read()
        return found


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Point the usual settings of S3 at a server on this machine."""

    def at(endpoint: str) -> None:
        for name, value in {
            "AWS_ENDPOINT": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "bureau",
            "AWS_SECRET_ACCESS_KEY": "for tests only",
        }.items():
            monkeypatch.setenv(name, value)

    return at


@pytest.fixture
def bucket_shelf(bucket: str, reach: Callable[[str], None]) -> BucketShelf:
    reach(bucket.removesuffix("/bureau"))
    return BucketShelf(bucket)


@pytest.fixture(params=["disk", "memory", "bucket"])
def shelf(request: pytest.FixtureRequest, folder: Path) -> Shelf:
    match request.param:
        case "disk":
            return FolderShelf(folder)
        case "memory":
            return MemoryShelf()
        case _:
            return request.getfixturevalue("bucket_shelf")  # type: ignore[no-any-return]


def test_a_file_comes_back_by_its_digest(shelf: Shelf) -> None:
    assert shelf.files.put(PHOTO) == DIGEST
    assert shelf.files.open(DIGEST) == PHOTO
    assert shelf.files.verify(DIGEST)
    assert shelf.lies() == {NAME: PHOTO}


@pytest.mark.parametrize("data", [b"", bytes(12_000_000)], ids=["empty", "12 MB"])
def test_the_smallest_and_a_large_file_come_back(shelf: Shelf, data: bytes) -> None:
    assert shelf.files.open(shelf.files.put(data)) == data


def test_keeping_it_again_changes_nothing(shelf: Shelf) -> None:
    shelf.files.put(PHOTO)

    assert shelf.files.put(PHOTO) == DIGEST

    assert shelf.lies() == {NAME: PHOTO}


def test_keeping_it_again_does_not_even_touch_the_file(folder: Path) -> None:
    files = files_at(folder.as_uri())
    files.put(PHOTO)
    before = original(folder).stat()

    files.put(PHOTO)

    after = original(folder).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_never_kept_is_missing(shelf: Shelf) -> None:
    with pytest.raises(FileMissing):
        shelf.files.open(DIGEST)
    assert not shelf.files.verify(DIGEST)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_opens_a_file(shelf: Shelf, digest: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        shelf.files.open(digest)


def test_one_changed_bit_is_found_and_not_handed_out(shelf: Shelf) -> None:
    shelf.files.put(PHOTO)
    shelf.lay(NAME, PHOTO[:-1] + bytes([PHOTO[-1] ^ 1]))

    assert not shelf.files.verify(DIGEST)
    with pytest.raises(FileDamaged):
        shelf.files.open(DIGEST)


@pytest.mark.parametrize("left", [b"", PHOTO[:1000]], ids=["nothing", "a part"])
def test_what_a_power_cut_left_half_written_is_set_aside_when_it_comes_again(
    shelf: Shelf, left: bytes
) -> None:
    shelf.lay(NAME, left)

    assert shelf.files.put(PHOTO) == DIGEST

    assert shelf.files.open(DIGEST) == PHOTO
    lies = shelf.lies()
    assert lies.pop(NAME) == PHOTO
    ((aside, kept),) = lies.items()
    assert aside.startswith("damaged/")
    assert kept == left


def test_the_scraps_of_a_killed_upload_do_not_stand_in_the_way(folder: Path) -> None:
    files = files_at(folder.as_uri())
    original(folder).parent.mkdir(parents=True)
    original(folder).with_name(f"{DIGEST}#1").write_bytes(PHOTO[:10])  # obstore's staging name

    assert files.put(PHOTO) == DIGEST
    assert files.open(DIGEST) == PHOTO


def test_ten_phones_sending_the_same_photo_keep_one(shelf: Shelf) -> None:
    with ThreadPoolExecutor(10) as phones:
        digests = set(phones.map(lambda _: shelf.files.put(PHOTO), range(30)))

    assert digests == {DIGEST}
    assert shelf.lies() == {NAME: PHOTO}


def test_the_file_and_its_folders_are_flushed_before_the_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    fsync: Callable[[int], None] = os.fsync

    def watched(handle: int) -> None:
        fsync(handle)
        flushed.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", watched)

    files_at(folder.as_uri()).put(PHOTO)

    way = [original(folder), *list(original(folder).parents)[:3]]
    assert flushed == [path.stat().st_ino for path in way]


UPLOADS = """
import os, sys
from server.adapters.files import files_at
files = files_at(sys.argv[1])
while True:
    print(files.put(os.urandom(200_000)), flush=True)
"""


@pytest.mark.parametrize("shelf", ["disk", "bucket"], indirect=True)
def test_every_answer_given_before_a_kill_holds_after_it(shelf: Shelf, folder: Path) -> None:
    address = getattr(shelf, "address", folder.as_uri())
    with subprocess.Popen(
        [sys.executable, "-c", UPLOADS, address], stdout=subprocess.PIPE, cwd=ROOT
    ) as uploads:
        assert uploads.stdout is not None
        answered = [uploads.stdout.readline().decode().strip() for _ in range(20)]
        uploads.kill()
        rest = uploads.stdout.read().decode().splitlines(keepends=True)
    answered += [line.strip() for line in rest if line.endswith("\n")]

    assert [digest for digest in answered if not shelf.files.verify(digest)] == []
    assert shelf.files.put(PHOTO) == DIGEST


# --- a bucket is at the other end of a network ------------------------------------------------


class Wire:
    """The cable to a server: it passes `upward` and `downward` bytes of each call, then breaks.

    None passes all; `calls` counts the connections. Cutting a call of a real client is the one way
    to see what a real server keeps of it.
    """

    def __init__(self, port: int) -> None:
        self.upward: int | None = None
        self.downward: int | None = None
        self.calls = 0
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            self.calls += 1
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other, allowance in ((near, far, self.upward), (far, near, self.downward)):
                threading.Thread(target=_pass, args=(one, other, allowance), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket, allowance: int | None) -> None:
    passed = 0
    try:
        while data := one.recv(65536):
            other.sendall(data if allowance is None else data[: allowance - passed])
            passed += len(data)
            if allowance is not None and passed >= allowance:
                break
    except OSError:
        pass  # the other direction broke the wire
    for end in (one, other):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
        end.close()


@pytest.fixture
def wire(bucket: str, reach: Callable[[str], None]) -> Iterator[Wire]:
    laid = Wire(urlsplit(bucket).port or 0)
    reach(laid.url)
    yield laid
    laid.close()


BIG = os.urandom(2_000_000)


def test_an_upload_that_is_cut_off_is_not_acknowledged_and_leaves_nothing(
    wire: Wire, bucket: str
) -> None:
    shelf = BucketShelf(bucket)
    wire.upward = 400_000

    with pytest.raises(FilesAway):
        shelf.files.put(BIG)

    assert wire.calls > 1  # it was tried again before it was given up
    assert shelf.lies() == {}
    wire.upward = None
    assert shelf.files.open(shelf.files.put(BIG)) == BIG


def test_an_upload_whose_answer_was_lost_is_kept_once_when_it_comes_again(
    wire: Wire, bucket: str
) -> None:
    shelf = BucketShelf(bucket)
    wire.downward = 1

    with pytest.raises(FilesAway):
        shelf.files.put(PHOTO)

    wire.downward = None
    assert shelf.files.put(PHOTO) == DIGEST
    assert shelf.lies() == {NAME: PHOTO}


def test_a_download_that_is_cut_off_is_never_handed_out_nor_called_damaged(
    wire: Wire, bucket: str
) -> None:
    shelf = BucketShelf(bucket)
    digest = shelf.files.put(BIG)
    wire.downward = 100_000
    files = files_at(shelf.address)  # another process, with calls of its own

    with pytest.raises(FilesAway):
        files.open(digest)
    with pytest.raises(FilesAway):
        files.verify(digest)  # a server that is away says nothing about the evidence


def test_a_server_that_is_away_is_said_within_seconds_and_evidence_is_not_called_missing(
    reach: Callable[[str], None],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    reach(f"http://127.0.0.1:{port}")
    files = files_at("s3://bureau/evidence")
    begun = time.monotonic()

    for ask in (lambda: files.put(PHOTO), lambda: files.open(DIGEST), lambda: files.verify(DIGEST)):
        with pytest.raises(FilesAway):
            ask()

    assert time.monotonic() - begun < 3 * 4


def test_a_server_that_says_nothing_is_not_waited_for_as_long_as_a_phone_waits(
    reach: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.adapters.files.ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reach(f"http://127.0.0.1:{silent.getsockname()[1]}")
        files = files_at("s3://bureau/evidence")
        with pytest.raises(FilesAway):
            files.open(DIGEST)


def test_a_bucket_that_is_not_there_keeps_nothing(
    bucket: str, reach: Callable[[str], None]
) -> None:
    reach(bucket.removesuffix("/bureau"))
    files = files_at("s3://nobody-made-it/evidence")

    for ask in (lambda: files.put(PHOTO), lambda: files.open(DIGEST), lambda: files.verify(DIGEST)):
        with pytest.raises(FilesAway):
            ask()


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / DIGEST[:2]).write_bytes(b"a file where a folder should be")

    with pytest.raises(FilesAway):
        files_at((tmp_path / "store").as_uri()).put(PHOTO)


def test_a_large_file_is_kept_from_the_disk_and_read_where_it_is_needed(
    shelf: Shelf, tmp_path: Path
) -> None:
    data = os.urandom(6_000_000)
    (tmp_path / "film").write_bytes(data)

    digest = shelf.files.put_file(tmp_path / "film")

    assert digest == hashlib.sha256(data).hexdigest()
    assert shelf.files.put_file(tmp_path / "film") == digest
    with shelf.files.look_into(digest) as content:
        assert content.seek(5_000_000) == 5_000_000
        assert content.read(7) == data[5_000_000:5_000_007]
        assert content.seek(-3, os.SEEK_END) == len(data) - 3
        assert content.read() == data[-3:]
        content.seek(0)
        assert content.read() == data


def test_what_was_let_go_of_is_gone_and_may_be_let_go_of_again(shelf: Shelf) -> None:
    shelf.files.put(PHOTO)

    shelf.files.remove(DIGEST)
    shelf.files.remove(DIGEST)

    assert shelf.lies() == {}
    with pytest.raises(FileMissing):
        shelf.files.look_into(DIGEST)
