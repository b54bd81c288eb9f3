"""A call and the media worker that has it: joined, given to another, hung up.

No lock is held while a media worker answers: every look at the records here ends its transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask

from inspection.media.engine import Event, Happening, RoomKind, Still
from inspection.media.engine import Role as Part
from server.adapters.media import CallFull
from server.errors import MediaUnavailable, NoPicture, Refused
from server.services import placing
from server.services.placing import Place
from server.web.db import db
from server.web.parts import parts
from server.web.shapes import AnswerSdp, ViewIn
from server.web.sockets import socketio, tell_of_disk, tell_session, tell_to_join_again

#: Seconds between two looks at whether there is room for recordings.
DISK_SECONDS = 1.0


def join_call(
    session_id: int,
    identity: str,
    part: Part,
    sdp: str,
    kind: RoomKind = RoomKind.INSPECTION,
    *,
    may: Callable[[], object],
) -> AnswerSdp:
    """Answer a browser's offer at the worker that has the call; whoever is first gives it one.

    A worker that is away for longer than it takes to start again has lost the call to another.
    `may` raises if they may not join any more. It is asked when they are in, because a link may be
    revoked while they come, when there is nobody yet to be put out.

    Raises:
        OfferRefused, JoinedAgain: see the adapter. CallFull: the room is, or every worker.
        MediaUnavailable: no worker answers now. What `may` raises.
    """
    place = _seen(session_id, kind)
    workers = parts().media.able(place.worker)
    if place.worker not in workers:
        place = _given_to_one_of(workers, place)
    line = parts().media.line(place.worker)
    if line is None:
        raise MediaUnavailable(f"{place.worker} is none of our workers")
    joined = line.join(place.room, identity, part, sdp, kind=kind, recorded=place.recorded)
    if joined.epoch > place.epoch:
        _worker_began_anew(place.worker, joined.epoch)
    try:
        db.session.expire_all()
        may()
    except Refused:
        line.leave(place.room, identity)
        raise
    load = parts().media.loads().get(place.worker)
    full = joined.recorded and load is not None and load.disk_full
    return AnswerSdp(
        sdp=joined.sdp,
        epoch=max(joined.epoch, place.epoch),
        recorded=joined.recorded and not full,
        disk_full=full,
        view=joined.view,
        ticket=joined.ticket,
    )


def answer_view(
    session_id: int, identity: str, answer: ViewIn, kind: RoomKind = RoomKind.INSPECTION
) -> None:
    """The browser answers the `view` that it was offered when it joined.

    Raises:
        OfferRefused, JoinedAgain: see the adapter. MediaUnavailable: the call began anew meanwhile.
    """
    place = _seen(session_id, kind)
    if (line := parts().media.line(place.worker)) is None:
        raise MediaUnavailable(f"{place.worker} is none of our workers")
    line.answer(place.room, identity, answer.sdp, answer.ticket)


def move_calls(worker: str, to: str) -> int:
    """Give every open call of a worker to another, of the same engine or not: how many went.

    Their pages join again, told by the server or, where that cannot, by the silence.

    Raises:
        CallFull, MediaUnavailable: the other does not take one, which goes on where it is.
    """
    target, left = parts().media.line(to), parts().media.line(worker)
    if target is None or worker == to:
        raise MediaUnavailable(f"{to} is no other of our workers")
    calls, moved = placing.open_at(db.session, worker), 0
    db.session.rollback()
    for call in calls:
        place = _seen(call.session_id, call.kind)
        if place.worker == worker and _given_to_one_of([to], place).worker != worker:
            if left is not None:
                left.close_room(place.room)
            moved += 1
    return moved


def put_out(session_id: int, identity: str) -> None:
    """Hang up for somebody; nothing happens if they are not in the call.

    A worker that does not answer now does it as soon as it does; so with `hang_up`.
    """
    place = _seen(session_id)
    if (line := parts().media.line(place.worker)) is not None:
        line.leave(place.room, identity)


def hang_up(session_id: int, kind: RoomKind = RoomKind.INSPECTION) -> None:
    """Hang up for everybody."""
    place = _seen(session_id, kind)
    if (line := parts().media.line(place.worker)) is not None:
        line.close_room(place.room)


def still_of(session_id: int) -> Still:
    """What the applicant's camera shows now.

    Raises:
        NoPicture: nothing is seen. MediaUnavailable: the worker is away.
    """
    place = _seen(session_id)
    if (line := parts().media.line(place.worker)) is None:
        raise NoPicture(f"session {session_id} has no worker")
    return line.snapshot(place.room)


def watching(session_id: int, kind: RoomKind) -> int:
    """How many are in the call to watch; 0 while its worker is away."""
    place = _seen(session_id, kind)
    line = parts().media.line(place.worker)
    try:
        links = line.stats(place.room) if line is not None else []
    except MediaUnavailable:
        return 0
    return sum(link.role is Part.OBSERVER for link in links)


def watch_disks(app: Flask) -> None:
    """Notice which workers have no room for recordings any more, or again; runs for ever."""
    known: dict[str, bool] = {}
    while True:
        socketio.sleep(DISK_SECONDS)
        with app.app_context():
            known = notice_disks(known)


def notice_disks(known: dict[str, bool]) -> dict[str, bool]:
    """Tell the pages of calls whose recording stopped for want of room, or goes on.

    `known`: which workers had no room at the last look; returns what is known now.
    """
    now = {worker: load.disk_full for worker, load in parts().media.loads().items()}
    for worker, full in now.items():
        if known.get(worker, False) is not full:
            for session_id in placing.recorded_at(db.session, worker):
                tell_of_disk(session_id, full=full)
            db.session.rollback()
    return known | now


def notice_new_worker(app: Flask, worker: str, epoch: int) -> None:
    """Called by the line to a worker, which must not wait for the database."""

    def notice() -> None:
        with app.app_context():
            _worker_began_anew(worker, epoch)

    threading.Thread(target=notice, name=f"epoch of {worker}", daemon=True).start()


def notice_seats(app: Flask, worker: str, event: Event) -> None:
    """Called by the line to a worker, as above, with everything that happens."""

    def notice() -> None:
        with app.app_context():
            remember_seats(worker, event)

    if event.happening is Happening.SEATED:
        threading.Thread(target=notice, name=f"seats of {event.room}", daemon=True).start()


def remember_seats(worker: str, event: Event) -> None:
    """The phone hears whose pictures it has now, of the worker that has its call."""
    session_id = placing.session_in(db.session, event.room)
    if session_id is None or _seen(session_id).worker != worker:
        db.session.rollback()
        return
    if parts().presence.seat(session_id, event.sees, at=event.at):
        tell_session(session_id)


def _seen(session_id: int, kind: RoomKind = RoomKind.INSPECTION) -> Place:
    place = placing.place_of(db.session, session_id, kind)
    db.session.rollback()
    return place


def _given_to_one_of(workers: list[str], seen: Place) -> Place:
    """The first worker that takes the call, unless another web process gave it one meanwhile."""
    refused: list[CallFull | MediaUnavailable] = []
    running = seen.worker != ""
    for worker in workers:
        line = parts().media.line(worker)
        assert line is not None  # it has just named itself
        try:
            epoch = line.create_room(
                seen.room, kind=seen.kind, recorded=seen.recorded, running=running
            )
        except (CallFull, MediaUnavailable) as no:
            refused.append(no)
            continue
        moved = placing.move(db.session, seen, worker=worker, worker_epoch=epoch)
        db.session.commit()
        if moved is None:
            moved = _seen(seen.session_id, seen.kind)
            if moved.worker != worker:
                line.close_room(seen.room)  # nobody will come
        elif running:
            tell_to_join_again(moved)
        return moved
    if any(isinstance(no, CallFull) for no in refused):
        raise CallFull("; ".join(no.detail for no in refused), cause="calls")
    raise refused[-1]


def _worker_began_anew(worker: str, epoch: int) -> None:
    """Its rooms are empty: the pages of its calls, and no others, need not wait to notice."""
    lost = placing.began_anew(db.session, worker=worker, worker_epoch=epoch)
    db.session.commit()
    for place in lost:
        tell_to_join_again(place)
