"""Drawing rounds and what was left out: shared by the plan page and the board."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from server.models.base import Json
from server.models.bureau import Mode
from server.models.round import Round, Visit
from server.models.survey import Survey
from server.services.recusals import recused_in
from server.web.coordinator.payload import (
    Person,
    ReasonOut,
    RoundOut,
    RoundVisit,
    UnplannedOut,
)
from server.web.words import Language, text

#: The planner's cause for surveys it could not even be asked about.
NO_PLACE = "no_place"


def round_out(round_: Round, *, partial: bool = False, broken: Collection[Visit] = ()) -> RoundOut:
    """A round as it is drawn; of a `partial` one the drive would tell where else it goes.

    `broken`: its visits that cannot be kept.
    """
    return RoundOut(
        id=round_.id,
        mode=round_.mode,
        lead=Person.model_validate(round_.lead),
        second=Person.model_validate(round_.second) if round_.second else None,
        car=round_.car,
        leaves_at=round_.leaves_at,
        back_at=round_.back_at,
        travel_minutes=0 if partial else round(round_.travel_seconds / 60),
        status=round_.status,
        partial=partial,
        broken=bool(broken),
        visits=[
            RoundVisit(
                **which(visit.survey),
                id=visit.id,
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
                longitude=visit.survey.case.premises.longitude,
                latitude=visit.survey.case.premises.latitude,
                status=visit.survey.status,
                broken=visit in broken,
                recused=[expert.name for expert in recused_in(round_.crew, visit.survey.case)]
                if visit in broken
                else [],
            )
            for visit in round_.visits
        ],
    )


def which(survey: Survey) -> dict[str, Any]:
    """The fields of a `WhichSurvey`."""
    case = survey.case
    return {
        "survey_id": survey.id,
        "case_id": case.id,
        "number": case.number,
        "premises": case.premises.name,
        "item_type": case.item_type.name,
        "item_type_en": case.item_type.name_en or case.item_type.name,
    }


def unplanned_out(survey: Survey, reasons: list[Json], language: Language) -> UnplannedOut:
    return UnplannedOut(
        **which(survey),
        survey_by=survey.case.survey_by,
        reasons=reasons_out(reasons, language),
    )


def reasons_out(reasons: list[Json], language: Language) -> list[ReasonOut]:
    """The planner's reasons in words."""
    return [_reason(reason, language) for reason in _said_once(reasons)]


def _said_once(reasons: list[Json]) -> list[Json]:
    """A cause that keeps as many officers from the video as from the visit is one cause."""
    merged: dict[tuple[object, object], Json] = {}
    for reason in reasons:
        key = (reason["cause"], reason.get("officers"))
        merged[key] = {**reason, "kind": None} if key in merged else reason
    return list(merged.values())


def _reason(reason: Json, language: Language) -> ReasonOut:
    code, kind, count = reason["cause"], reason.get("kind"), reason.get("officers", 0)
    return ReasonOut(
        code=code,
        kind=Mode(kind) if kind else None,
        count=count,
        text=text(f"unplanned.{code}", language, count=count),
    )
