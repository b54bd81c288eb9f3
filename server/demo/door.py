"""A browser without a window: signs in, keeps cookies, speaks JSON. Standard library only."""

from __future__ import annotations

import json
import ssl
import uuid
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import (
    HTTPCookieProcessor,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

SECONDS = 30.0


class Answered(Exception):
    """The server refused; its code and words."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status


class Door:
    """One person's way in, with cookies and CSRF token of their own.

    Over TLS it trusts `authority` alone, where one is given.
    """

    def __init__(self, base: str, *, authority: Path | None = None) -> None:
        self._base = base.rstrip("/")
        self._jar = CookieJar()
        trust = ssl.create_default_context(cafile=str(authority)) if authority else None
        self._opener: OpenerDirector = build_opener(
            HTTPCookieProcessor(self._jar), HTTPSHandler(context=trust)
        )
        self.csrf = ""

    def get(self, path: str) -> Any:
        return json.loads(self.fetch("GET", path))

    def post(self, path: str, body: object = None, method: str = "POST") -> Any:
        data = json.dumps(body if body is not None else {}).encode()
        answer = self.fetch(method, path, data, "application/json")
        return json.loads(answer) if answer else None

    def upload(self, path: str, file: bytes, name: str, fields: dict[str, str]) -> Any:
        """A multipart form (RFC 7578) with one file called `file`."""
        boundary, part = uuid.uuid4().hex, "Content-Disposition: form-data"
        body = b"".join(
            f'--{boundary}\r\n{part}; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        )
        body += (
            f'--{boundary}\r\n{part}; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body += file + f"\r\n--{boundary}--\r\n".encode()
        return json.loads(
            self.fetch("POST", path, body, f"multipart/form-data; boundary={boundary}")
        )

    def fetch(
        self, method: str, path: str, data: bytes | None = None, content_type: str = ""
    ) -> bytes:
        """One request, whole.

        Raises:
            Answered: the server refused.
        """
        headers = {"X-CSRF-Token": self.csrf} if self.csrf else {}
        if content_type:
            headers["Content-Type"] = content_type
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        request = Request(f"{self._base}{path}", data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                body: bytes = answer.read()
                return body
        except HTTPError as refused:
            raise Answered(refused.code, refused.read().decode(errors="replace")) from refused
