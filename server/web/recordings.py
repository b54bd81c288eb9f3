"""Recordings, for whoever may see the survey: what there is, where each point was answered, and
the files themselves. Every look is written down."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint
from flask import Response, send_file

from server.clock import utcnow
from server.errors import NotFound
from server.models.account import Role
from server.models.drawing import Drawing, Pointing
from server.models.recording import RecordedStretch, Side
from server.models.survey import Survey
from server.services import drawings, pointings, recordings, retention, surveys
from server.services.checklists import Worked, worked_or_preview
from server.web.access import current_account, only
from server.web.db import db
from server.web.names import name_of
from server.web.parts import parts
from server.web.photos import drawn_out
from server.web.scripts import words
from server.web.shapes import DrawnOut, Out, Words

blueprint = APIBlueprint("recordings", __name__, url_prefix="/api/v1", tag="Surveys")


class StretchOut(Out):
    """Some seconds of one side; `identity` tells one expert from another."""

    id: int
    side: Side
    identity: str
    starts_at: datetime
    seconds: float
    width: int
    height: int
    url: str


class GapOut(Out):
    side: Side
    starts_at: datetime
    seconds: float
    cause: str


class MomentOut(Out):
    """When a point was answered: `seconds` into a stretch of the applicant's side."""

    point: str
    label: Words
    at: datetime
    stretch_id: int
    seconds: float


class ShownOut(Out):
    """Something an expert showed the applicant: a place in the picture, or a still drawn on.

    `path` of a pointing: [[seconds since `at`, x, y], …], x and y as shares of the picture;
    `drawn` of a still.
    """

    kind: Literal["pointing", "drawing"]
    id: int
    at: datetime
    by: str
    by_name: str
    stretch_id: int
    seconds: float
    path: list[tuple[float, float, float]]
    drawn: DrawnOut | None


class RecordingOut(Out):
    """`gone`: it was deleted, or some of it, when its time was over."""

    gone: bool
    stretches: list[StretchOut]
    gaps: list[GapOut]
    moments: list[MomentOut]
    shown: list[ShownOut]


@blueprint.get("/surveys/<int:survey_id>/recording")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(RecordingOut)
def show_recording(survey_id: int) -> RecordingOut:
    """What was recorded of a survey's calls. Empty if nothing was, or nothing is ready yet."""
    survey = surveys.for_staff(db.session, survey_id, current_account())
    stretches = recordings.stretches_of(db.session, survey)
    worked = worked_or_preview(db.session, survey, parts().scripts)
    moments = recordings.moments_of(worked, stretches) if worked else []
    if stretches:
        _note_look(survey)
    return RecordingOut(
        gone=retention.is_gone(db.session, survey),
        stretches=[
            StretchOut(
                id=one.id,
                side=one.side,
                identity=one.identity,
                starts_at=one.starts_at,
                seconds=one.seconds,
                width=one.width,
                height=one.height,
                url=f"/api/v1/recordings/{one.id}",
            )
            for one in stretches
        ],
        gaps=[GapOut.model_validate(one) for one in recordings.gaps_of(db.session, survey)],
        moments=[
            MomentOut(
                point=one.point,
                label=_label(worked, one.point),
                at=one.at,
                stretch_id=one.stretch_id,
                seconds=one.seconds,
            )
            for one in moments
        ],
        shown=_shown(survey, stretches),
    )


@blueprint.get("/recordings/<int:stretch_id>")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output({}, content_type="video/webm")
def play(stretch_id: int) -> Response:
    """One file, in ranges if asked. Matroska, which browsers know as WebM."""
    stretch = db.session.get(RecordedStretch, stretch_id)
    if stretch is None:
        raise NotFound(f"recording {stretch_id}")
    survey = surveys.for_staff(db.session, stretch.survey_id, current_account())
    _note_look(survey)
    return send_file(
        io.BytesIO(parts().files.open(stretch.sha256)),
        mimetype="video/webm",
        etag=stretch.sha256,
        conditional=True,
    )


def _label(worked: Worked | None, name: str) -> Words:
    point = worked.script.point(name) if worked else None
    return Words(**words(point.label if point else None))


def _shown(survey: Survey, stretches: list[RecordedStretch]) -> list[ShownOut]:
    """What experts pointed at and drew on, where it was recorded, in the order of time."""
    filmed = recordings.of_the_applicant(stretches)
    found = []
    for pointing in pointings.of_survey(db.session, survey):
        if place := recordings.place_in(filmed, pointing.at):
            path = json.loads(pointing.path)
            found.append(_shown_at("pointing", pointing, pointing.at, place, path=path))
    for drawings_of_one in drawings.kept_of(db.session, survey).values():
        for drawing in drawings_of_one:
            if place := recordings.place_in(filmed, drawing.shown_at):
                drawn = drawn_out(drawing)
                found.append(_shown_at("drawing", drawing, drawing.shown_at, place, drawn=drawn))
    return sorted(found, key=lambda one: (one.at, one.kind, one.id))


def _shown_at(
    kind: Literal["pointing", "drawing"],
    one: Pointing | Drawing,
    at: datetime,
    place: tuple[int, float],
    *,
    path: Sequence[tuple[float, float, float]] = (),
    drawn: DrawnOut | None = None,
) -> ShownOut:
    stretch_id, seconds = place
    return ShownOut(
        kind=kind, id=one.id, at=at, by=one.by, by_name=name_of(one.by),
        stretch_id=stretch_id, seconds=seconds, path=list(path), drawn=drawn,
    )  # fmt: skip


def _note_look(survey: Survey) -> None:
    db.begin_writing()
    recordings.looked_at(db.session, survey.id, by=current_account().sign_in_name, at=utcnow())
    db.session.commit()
