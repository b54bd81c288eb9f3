"""Recordings in one file, for whoever may see the survey: asked for, stopped, taken away.

Every download is written down, as a look is.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.wsgi import wrap_file

from server.adapters.files import FileMissing
from server.clock import LOCAL, utcnow
from server.errors import NotFound
from server.models.account import Role
from server.models.recording import JoinedRecording, JoinStatus, Side
from server.models.survey import Survey
from server.services import recordings, recordings_joined, surveys
from server.web.access import current_account, only
from server.web.db import db
from server.web.parts import parts
from server.web.shapes import Out
from server.web.words import language, text

blueprint = APIBlueprint("recordings_joined", __name__, url_prefix="/api/v1", tag="Surveys")


class HoleOut(Out):
    """What is black and silent: `begins` seconds into the file."""

    begins: float
    seconds: float
    cause: str


class JoinedOut(Out):
    """One participant's recording in one file. Its time 0 is `starts_at`, once it is ready.

    `progress` is a share of 1; `cause` says why it failed.
    """

    id: int
    side: Side
    identity: str
    status: JoinStatus
    progress: float
    cause: str
    kind: str
    sha256: str
    bytes: int
    starts_at: datetime | None
    seconds: float
    holes: list[HoleOut]
    file_name: str
    url: str


class JoinedList(Out):
    items: list[JoinedOut]


@blueprint.get("/surveys/<int:survey_id>/joined-recordings")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(JoinedList)
def list_joined(survey_id: int) -> JoinedList:
    """The files of a survey's calls. Empty before they were asked for."""
    return _list(surveys.for_staff(db.session, survey_id, current_account()))


@blueprint.post("/surveys/<int:survey_id>/joined-recordings")
@only(Role.COORDINATOR)
@blueprint.output(JoinedList, status_code=202)
def order(survey_id: int) -> JoinedList:
    """Make them from the segments, once more if need be; the work is the jobs process's."""
    account = current_account()
    survey = surveys.for_staff(db.session, survey_id, account)
    recordings_joined.order(db.session, survey, by=account.sign_in_name, at=utcnow())
    db.session.commit()
    return _list(survey)


@blueprint.post("/surveys/<int:survey_id>/joined-recordings/cancellation")
@only(Role.COORDINATOR)
@blueprint.output(JoinedList)
def stop(survey_id: int) -> JoinedList:
    """Stop making them. Files that are ready stay."""
    account = current_account()
    survey = surveys.for_staff(db.session, survey_id, account)
    recordings_joined.stop(db.session, survey, by=account.sign_in_name, at=utcnow())
    db.session.commit()
    return _list(survey)


@blueprint.get("/joined-recordings/<int:joined_id>")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output({}, content_type="application/octet-stream")
def take_away(joined_id: int) -> Response:
    """The file, in ranges if asked."""
    db.begin_writing()
    account = current_account()
    joined = recordings_joined.for_staff(db.session, joined_id, account)
    try:
        content = parts().files.look_into(joined.sha256)
    except FileMissing as missing:
        raise NotFound(f"joined recording {joined_id} is not in the store") from missing
    recordings.looked_at(
        db.session,
        joined.survey_id,
        by=account.sign_in_name,
        at=utcnow(),
        joined_id=joined.id,
    )
    answer = Response(
        wrap_file(request.environ, content),
        mimetype=f"video/{joined.kind}",
        direct_passthrough=True,
    )
    answer.content_length = joined.bytes
    answer.set_etag(joined.sha256)
    name = quote(_file_name(joined))
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"recording-{joined.id}.{joined.kind}\"; filename*=UTF-8''{name}"
    )
    db.session.commit()
    answer.make_conditional(request.environ, accept_ranges=True, complete_length=joined.bytes)
    return answer


def _list(survey: Survey) -> JoinedList:
    gaps = recordings.gaps_of(db.session, survey)
    return JoinedList(
        items=[
            JoinedOut(
                id=one.id,
                side=one.side,
                identity=one.identity,
                status=one.status,
                progress=one.progress,
                cause=one.cause,
                kind=one.kind,
                sha256=one.sha256,
                bytes=one.bytes,
                starts_at=one.starts_at,
                seconds=one.seconds,
                holes=[
                    HoleOut.model_validate(hole) for hole in recordings_joined.holes_of(one, gaps)
                ],
                file_name=_file_name(one),
                url=f"/api/v1/joined-recordings/{one.id}",
            )
            for one in recordings_joined.of_survey(db.session, survey)
        ]
    )


def _file_name(joined: JoinedRecording) -> str:
    """As a clerk would call it, without what a file's name may not have; "" before it is ready."""
    if joined.starts_at is None:
        return ""
    case = db.session.get_one(Survey, joined.survey_id).case
    side = text(f"recording.side.{joined.side}", language())
    at = joined.starts_at.astimezone(LOCAL)
    name = f"{case.number} {case.premises.name} {side} {at:%Y-%m-%d %H-%M}.{joined.kind}"
    return "".join("-" if one in '\\/:*?"<>|' or not one.isprintable() else one for one in name)
