"""Originals are kept once, unchanged, and are there after the power went."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from server.adapters.files import FileDamaged, FileMissing, Files, files_at

ROOT = Path(__file__).resolve().parents[2]
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40
DIGEST = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "佐证 files"


def original(folder: Path, digest: str = DIGEST) -> Path:
    return folder / digest[:2] / digest[2:4] / digest


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(params=["disk", "memory"])
def files(request: pytest.FixtureRequest, folder: Path) -> object:
    return files_at(folder.as_uri()) if request.param == "disk" else Files(MemoryStore())


def test_a_file_comes_back_by_its_digest(files: Files) -> None:
    assert files.put(PHOTO) == DIGEST
    assert files.open(DIGEST) == PHOTO
    assert files.verify(DIGEST)


def test_keeping_it_again_changes_nothing(folder: Path) -> None:
    files = files_at(folder.as_uri())
    files.put(PHOTO)
    before = original(folder).stat()

    assert files.put(PHOTO) == DIGEST

    after = original(folder).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert kept(folder) == [original(folder)]


def test_a_file_never_kept_is_missing(files: Files) -> None:
    with pytest.raises(FileMissing):
        files.open(DIGEST)
    assert not files.verify(DIGEST)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_opens_a_file(files: Files, digest: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.open(digest)


def test_one_changed_bit_is_found_and_not_handed_out(folder: Path) -> None:
    files = files_at(folder.as_uri())
    files.put(PHOTO)
    original(folder).write_bytes(PHOTO[:-1] + bytes([PHOTO[-1] ^ 1]))

    assert not files.verify(DIGEST)
    with pytest.raises(FileDamaged):
        files.open(DIGEST)


@pytest.mark.parametrize("left", [b"", PHOTO[:1000]])
def test_what_a_power_cut_left_half_written_is_set_aside_when_it_comes_again(
    folder: Path, left: bytes
) -> None:
    files = files_at(folder.as_uri())
    original(folder).parent.mkdir(parents=True)
    original(folder).write_bytes(left)

    assert files.put(PHOTO) == DIGEST

    assert files.open(DIGEST) == PHOTO
    (damaged,) = (folder / "damaged").iterdir()
    assert damaged.read_bytes() == left


def test_the_scraps_of_a_killed_upload_do_not_stand_in_the_way(folder: Path) -> None:
    files = files_at(folder.as_uri())
    original(folder).parent.mkdir(parents=True)
    original(folder).with_name(f"{DIGEST}#1").write_bytes(PHOTO[:10])  # obstore's staging name

    assert files.put(PHOTO) == DIGEST
    assert files.open(DIGEST) == PHOTO


def test_ten_phones_sending_the_same_photo_keep_one(folder: Path) -> None:
    files = files_at(folder.as_uri())
    with ThreadPoolExecutor(10) as phones:
        digests = set(phones.map(lambda _: files.put(PHOTO), range(30)))

    assert digests == {DIGEST}
    assert kept(folder) == [original(folder)]


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


def test_every_answer_given_before_a_kill_holds_after_it(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UPLOADS, folder.as_uri()], stdout=subprocess.PIPE, cwd=ROOT
    ) as uploads:
        assert uploads.stdout is not None
        answered = [uploads.stdout.readline().decode().strip() for _ in range(20)]
        uploads.kill()
        rest = uploads.stdout.read().decode().splitlines(keepends=True)
    answered += [line.strip() for line in rest if line.endswith("\n")]

    files = files_at(folder.as_uri())

    assert [digest for digest in answered if not files.verify(digest)] == []
    assert files.put(PHOTO) == DIGEST


def test_a_bucket_is_reached_by_the_same_calls() -> None:
    assert isinstance(files_at("s3://bureau/evidence"), Files)
