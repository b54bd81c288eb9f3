"""What the two sides say over the socket about the picture: what the phone's camera can, where the
expert points, whether the applicant looks at what is frozen."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from flask import g, request
from pydantic import BaseModel, Field, ValidationError

from server.clock import utcnow
from server.errors import BadPayload, NotFound
from server.models.account import Role
from server.models.session import InspectionSession, JoinLink
from server.services import pointings, surveys
from server.services.cameras import Camera, Zoom
from server.web.access import Guard, current_account
from server.web.db import db
from server.web.parts import parts
from server.web.shapes import CameraOut, Coordinate, Finite, Id, ZoomOut
from server.web.sockets import event, tell_phone, tell_watchers

APPLICANT = Guard(frozenset(), applicant=True)
EXPERT = Guard(frozenset({Role.EXPERT}))

Said = TypeVar("Said", bound=BaseModel)


class CameraSaid(CameraOut):
    """Also the answer to a wish: `request` names it, `failed` if the camera would not.

    `undone`: the applicant took back what an expert had done.
    """

    request: str = Field("", max_length=36)
    failed: bool = False
    undone: bool = False


class Pointed(BaseModel):
    """A place in the applicant's picture as the expert saw it: shares of its width and height.

    `shape`, its width by its height, tells the phone whether its picture still lies the same way.
    `path`, with the last one: [[seconds since it began, x, y], …].
    """

    session: Id
    step: Literal["begin", "move", "end"]
    x: Coordinate
    y: Coordinate
    shape: Annotated[float, Field(gt=0.05, lt=20)]
    path: list[tuple[Finite, Coordinate, Coordinate]] = Field([], max_length=pointings.MOST_PLACES)


class FrozenSeen(BaseModel):
    drawing: Id
    seen: bool


@event("point", EXPERT)
def point(message: dict[str, Any]) -> None:
    """The expert points at a place: the phone and the other experts see it at once."""
    said = _read(Pointed, message)
    if said.step != "move":
        db.begin_writing()
    account, at = current_account(), utcnow()
    session = db.session.get(InspectionSession, said.session)
    if session is None:
        raise NotFound(f"session {said.session}")
    survey = surveys.for_expert(db.session, session.visit.survey_id, account)
    parts().pointing.keep(f"pointing {account.id}", at=at)
    by = account.sign_in_name
    match said.step:
        case "begin":
            pointings.begin(db.session, session, said.x, said.y, by=by, at=at)
        case "end":
            pointings.end(db.session, session, said.path, by=by, at=at)
    db.session.commit()
    shown = said.model_dump(exclude={"session", "path"})
    tell_phone(session.id, "pointed", **shown)
    sid: str = request.sid  # type: ignore[attr-defined]
    tell_watchers(survey.id, "pointed", but=sid, session=session.id, by=account.name, **shown)


@event("frozen.seen", APPLICANT)
def frozen_seen(message: dict[str, Any]) -> None:
    """The applicant looks at what was frozen, or at their own picture again."""
    said = _read(FrozenSeen, message)
    session = g.join_link.session
    tell_watchers(
        session.visit.survey_id,
        "frozen.seen",
        session=session.id,
        drawing=said.drawing,
        seen=said.seen,
    )


@event("camera", APPLICANT)
def camera(message: dict[str, Any]) -> None:
    """What the phone's camera can and does now: after each change, and after each reconnection."""
    said = _read(CameraSaid, message)
    link: JoinLink = g.join_link
    known = _known(said)
    parts().cameras.tell(link.session_id, known)
    tell_watchers(
        link.session.visit.survey_id,
        "camera.changed",
        session=link.session_id,
        camera=_out(known).model_dump(),
        request=said.request,
        failed=said.failed,
        undone=said.undone,
    )


def _read(shape: type[Said], message: dict[str, Any]) -> Said:
    try:
        return shape.model_validate(message)
    except ValidationError as wrong:
        raise BadPayload(str(wrong)) from wrong


def camera_out(camera: Camera | None) -> CameraOut | None:
    return _out(camera) if camera else None


def _out(camera: Camera) -> CameraOut:
    zoom = camera.zoom
    return CameraOut(
        torch=camera.torch,
        zoom=ZoomOut(min=zoom.least, max=zoom.most, step=zoom.step, now=zoom.now) if zoom else None,
        cameras=camera.cameras,
    )


def _known(said: CameraOut) -> Camera:
    zoom = said.zoom
    return Camera(
        torch=said.torch,
        zoom=Zoom(least=zoom.min, most=max(zoom.min, zoom.max), step=zoom.step, now=zoom.now)
        if zoom
        else None,
        cameras=said.cameras,
    )
