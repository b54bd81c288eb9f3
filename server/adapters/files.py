"""Where originals are kept (原件库): by their SHA-256, written once, never changed.

The same calls serve a folder of one machine and an S3 bucket. A digest that was returned by `put`
stays readable through a power cut: on a folder, the file and its directories are flushed to disk
before `put` returns; S3 promises as much when it answers. A bucket's server has to know
``If-None-Match: *`` (AWS, MinIO and SeaweedFS do): that is how a name is given only once.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: A page waits 20 s for an answer (static/shared/api.js): whoever asks must hear of it before.
#: Tried again within RETRY_SECONDS, then given up; no one answer may take ANSWER_SECONDS.
ANSWER_SECONDS = 10.0
RETRY_SECONDS = 4.0
CONNECT_SECONDS = 2.0

#: Bytes of a large file fetched at once.
READ_AT_ONCE = 1024 * 1024


class FileMissing(LookupError):
    """No file with this digest was ever kept here."""


class FilesAway(OSError):
    """The store did not answer, or would not take it: that says nothing of any file in it."""


class FileDamaged(ValueError):
    """A file no longer has the digest it was kept under. It is not handed out."""


class FileStore(Protocol):
    """Keeps files by the SHA-256 of what is in them, as 64 lower-case hexadecimal digits."""

    def put(self, data: bytes) -> str:
        """Keep a file for good and return its digest; keeping it again changes nothing.

        Raises:
            FilesAway: it is not known to be kept; ask again.
        """
        ...

    def put_file(self, file: Path) -> str:
        """The same for a file that is too large for memory.

        Raises:
            FilesAway: as above. OSError: the file cannot be read.
        """
        ...

    def open(self, digest: str) -> bytes:
        """The very bytes that were kept.

        Raises:
            FileMissing: no such file.
            FileDamaged: what lies there is not what was kept.
            FilesAway: the store does not answer.
        """
        ...

    def look_into(self, digest: str) -> BinaryIO:
        """A large file, read where it is needed. Nothing compares what is read with the digest.

        Raises:
            FileMissing: no such file. FilesAway: the store does not answer; also while reading.
        """
        ...

    def remove(self, digest: str) -> None:
        """Let go of a file for good; one that is not there is let go of already.

        The caller has made sure that nothing else is kept under the same digest.

        Raises:
            FilesAway: it may be there or not.
        """
        ...

    def verify(self, digest: str) -> bool:
        """Whether the file is there and unchanged. Reads all of it.

        Raises:
            FilesAway: the store does not answer, so neither is known.
        """
        ...


def files_at(url: str) -> FileStore:
    """The store at ``file:///folder`` or ``s3://bucket/prefix``.

    S3 credentials, region and endpoint come from the usual ``AWS_…`` settings of the environment.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(url2pathname(parts.path))
        return Files(LocalStore(folder, mkdir=True), folder=folder)
    return Files(
        from_url(
            url,
            client_options={
                "timeout": timedelta(seconds=ANSWER_SECONDS),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                # obstore forgets this setting of the environment once it is given options
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true"),
            },
            retry_config={
                "max_retries": 3,
                "retry_timeout": timedelta(seconds=RETRY_SECONDS),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=1),
                    "base": 2,
                },
            },
        )
    )


class Files:
    """A `FileStore` on anything obstore reaches; ``folder`` is given if that is a local disk."""

    def __init__(self, store: ObjectStore, *, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        if not self._create(digest, data) and not self.verify(digest):
            # The name is taken, but not by this file: a power cut left it half written before it
            # was acknowledged, or the disk lost it since. Only the right bytes may be acknowledged.
            self._set_aside(digest)
            self._create(digest, data)
        self._flush(digest)
        return digest

    def put_file(self, file: Path) -> str:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        with _reached():
            obstore.put(self._store, _path(digest), file)  # in its place at once, when it is whole
        self._flush(digest)
        return digest

    def open(self, digest: str) -> bytes:
        try:
            with _reached():
                data = bytes(obstore.get(self._store, _path(digest)).bytes())
        except FileNotFoundError as missing:
            raise FileMissing(digest) from missing
        if hashlib.sha256(data).hexdigest() != digest:
            raise FileDamaged(digest)
        return data

    def verify(self, digest: str) -> bool:
        try:
            self.open(digest)
        except (FileMissing, FileDamaged):
            return False
        return True

    def look_into(self, digest: str) -> BinaryIO:
        try:
            with _reached():
                size = obstore.head(self._store, _path(digest))["size"]
        except FileNotFoundError as missing:
            raise FileMissing(digest) from missing
        return io.BufferedReader(_Ranges(self._store, _path(digest), size), READ_AT_ONCE)

    def remove(self, digest: str) -> None:
        with suppress(FileNotFoundError), _reached():
            obstore.delete(self._store, _path(digest))

    def _create(self, digest: str, data: bytes) -> bool:
        """Write under a name nobody has, whole or not at all; False if the name is taken."""
        try:
            with _reached():
                obstore.put(self._store, _path(digest), data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def _set_aside(self, digest: str) -> None:
        """Move what is damaged out of the way, for whoever must find out why; never delete it."""
        with _reached():
            obstore.rename(self._store, _path(digest), f"damaged/{digest}-{uuid.uuid4().hex}")

    def _flush(self, digest: str) -> None:
        """On a local disk: the file first, then every folder that leads to it (POSIX fsync)."""
        if self._folder is None:
            return
        file = self._folder / _path(digest)
        for path in (file, *list(file.parents)[:3]):
            if path.is_dir() and os.name == "nt":
                continue  # Windows flushes folders itself and refuses to open them
            handle = os.open(path, os.O_RDWR if path == file else os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


class _Ranges(io.RawIOBase):
    """A file of the store, of which each read fetches its part."""

    def __init__(self, store: ObjectStore, path: str, size: int) -> None:
        self._store, self._path, self._size = store, path, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begins = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begins + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer).cast("B")
        end = min(self._size, self._at + len(room))
        if end <= self._at:
            return 0
        with _reached():
            found = obstore.get_range(self._store, self._path, start=self._at, end=end)
        read = memoryview(found)
        room[: len(read)] = read
        self._at += len(read)
        return len(read)


@contextmanager
def _reached() -> Iterator[None]:
    """What obstore says of the store, not of a file in it, is `FilesAway`."""
    try:
        yield
    except AlreadyExistsError:
        raise
    except FileNotFoundError as missing:
        if "NoSuchBucket" in str(missing):  # the same class as for a file that is not there
            raise FilesAway(str(missing)) from missing
        raise
    except (BaseError, PermissionError) as failure:
        raise FilesAway(str(failure)) from failure


def _path(digest: str) -> str:
    """aa/bb/aabb…: 65,536 folders keep each one short."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"not a SHA-256: {digest!r}")
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
