"""Where originals are kept (原件库): by their SHA-256, written once, never changed.

The same calls serve a folder of one machine and an S3 bucket. A digest that was returned by `put`
stays readable through a power cut: on a folder, the file and its directories are flushed to disk
before `put` returns; S3 promises as much when it answers.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url


class FileMissing(LookupError):
    """No file with this digest was ever kept here."""


class FileDamaged(ValueError):
    """A file no longer has the digest it was kept under. It is not handed out."""


class FileStore(Protocol):
    """Keeps files by the SHA-256 of what is in them, as 64 lower-case hexadecimal digits."""

    def put(self, data: bytes) -> str:
        """Keep a file for good and return its digest; keeping it again changes nothing."""
        ...

    def open(self, digest: str) -> bytes:
        """The very bytes that were kept.

        Raises:
            FileMissing: no such file.
            FileDamaged: what lies there is not what was kept.
        """
        ...

    def verify(self, digest: str) -> bool:
        """Whether the file is there and unchanged. Reads all of it."""
        ...


def files_at(url: str) -> FileStore:
    """The store at ``file:///folder`` or ``s3://bucket/prefix``.

    S3 credentials, region and endpoint come from the usual ``AWS_…`` settings of the environment.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(url2pathname(parts.path))
        return Files(LocalStore(folder, mkdir=True), folder=folder)
    return Files(from_url(url))


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

    def open(self, digest: str) -> bytes:
        try:
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

    def _create(self, digest: str, data: bytes) -> bool:
        """Write under a name nobody has, whole or not at all; False if the name is taken."""
        try:
            obstore.put(self._store, _path(digest), data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def _set_aside(self, digest: str) -> None:
        """Move what is damaged out of the way, for whoever must find out why; never delete it."""
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


def _path(digest: str) -> str:
    """aa/bb/aabb…: 65,536 folders keep each one short."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"not a SHA-256: {digest!r}")
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
