"""Idempotency-Key: the same write sent twice happens once and is answered the same.

A phone on a bad network repeats a request whose answer it did not hear. The answer is stored
after the write was committed, so a crash exactly between the two lets the repeat through; the
writes that matter are safe to repeat by themselves as well (photos by digest, answers by merging,
moves by their state).
"""

from __future__ import annotations

import hashlib
import threading

from flask import Flask, Response, g, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.errors import BadPayload, KeyReused
from server.models.account import IdempotentReply
from server.web.callers import SAFE_METHODS
from server.web.db import db

HEADER = "Idempotency-Key"
LONGEST_KEY = 100

_under_way: set[tuple[str, str]] = set()
_free = threading.Condition()
#: Seconds to wait for the same request that is still being answered.
PATIENCE_SECONDS = 20.0


def init_app(app: Flask) -> None:
    app.before_request(_answer_again)
    app.after_request(_remember)
    app.teardown_request(_let_go)


def keep_secret() -> None:
    """This answer holds a secret: it is not stored, and the same request does its work again."""
    g.secret_answer = True


def _answer_again() -> Response | None:
    """The stored answer, if this very request was answered before.

    Raises:
        KeyReused: the key came with another request.
    """
    key = request.headers.get(HEADER, "")
    if not key or request.method in SAFE_METHODS or not request.path.startswith("/api/"):
        return None
    if len(key) > LONGEST_KEY:
        raise BadPayload("Idempotency-Key", cause="idempotency_key")
    who, digest = _who(), _digest()
    db.session.rollback()  # who waits below must not hold up whom they wait for
    with _free:
        _free.wait_for(lambda: (who, key) not in _under_way, PATIENCE_SECONDS)
        _under_way.add((who, key))
    g.idempotency = (who, key, digest)
    known = db.session.scalar(
        select(IdempotentReply).where(IdempotentReply.who == who, IdempotentReply.key == key)
    )
    if known is None:
        db.session.rollback()
        return None
    if known.request_sha256 != digest:
        raise KeyReused(key)
    g.repeated = True
    return Response(known.body, known.status, mimetype="application/json")


def _remember(answer: Response) -> Response:
    if "idempotency" not in g or "repeated" in g or not 200 <= answer.status_code < 300:
        return answer
    if answer.direct_passthrough or "Set-Cookie" in answer.headers or "secret_answer" in g:
        return answer
    who, key, digest = g.idempotency
    db.session.rollback()  # whatever the route left open was not committed on purpose
    db.session.add(
        IdempotentReply(
            who=who,
            key=key,
            request_sha256=digest,
            status=answer.status_code,
            body=answer.get_data(as_text=True),
        )
    )
    try:
        db.session.commit()
    except IntegrityError:  # another process answered the same at the same time
        db.session.rollback()
    return answer


def _let_go(error: BaseException | None) -> None:
    if "idempotency" in g:
        who, key, _ = g.idempotency
        with _free:
            _under_way.discard((who, key))
            _free.notify_all()


def _who() -> str:
    if "account" in g:
        seen = g.account.district_id or "everything"  # narrowed since, it is somebody else
        return f"account {g.account.id} {g.account.role} {seen}"
    if (link := g.get("join_link") or g.get("late_link")) is not None:
        return f"link {link.id}"
    if "observer" in g:
        return f"observer {g.observer.id}"
    if "viewer" in g:
        return f"viewer {g.viewer.key}"
    return f"address {request.remote_addr}"


def _digest() -> str:
    """Of method, path and body; a form is told apart by its fields and files' digests."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items()):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.files.items()):
            digest.update(f"{name}={file.filename}\n".encode())
            digest.update(hashlib.sha256(file.stream.read()).digest())
            file.stream.seek(0)
    else:
        digest.update(request.get_data())
    return digest.hexdigest()
