"""The still that both sides see instead of the live picture (定格), as each may fetch it."""

from __future__ import annotations

import json
from typing import Any

from server.models.drawing import Drawing
from server.models.session import InspectionSession
from server.web.shapes import FrozenOut, StrokeOut
from server.web.sockets import tell_phone, tell_watchers


def tell_frozen(session: InspectionSession, drawing: Drawing | None) -> None:
    """Everybody sees what is frozen and drawn now; None: the live picture again."""
    tell_phone(session.id, "frozen.changed", frozen=_said(frozen_for_phone(drawing)))
    tell_watchers(
        session.visit.survey_id,
        "frozen.changed",
        session=session.id,
        frozen=_said(frozen_out(drawing)),
    )


def frozen_out(drawing: Drawing | None) -> FrozenOut | None:
    """For staff."""
    return _out(drawing, f"/api/v1/evidence/{drawing.evidence_id}/view") if drawing else None


def frozen_for_phone(drawing: Drawing | None) -> FrozenOut | None:
    """Its address opens for the applicant while it is shown."""
    return _out(drawing, f"/api/v1/applicant/frozen?drawing={drawing.id}") if drawing else None


def _said(frozen: FrozenOut | None) -> dict[str, Any] | None:
    return frozen.model_dump(mode="json") if frozen else None


def _out(drawing: Drawing, view_url: str) -> FrozenOut:
    piece = drawing.evidence
    return FrozenOut(
        id=drawing.id,
        number=piece.number,
        point=piece.point,
        by=drawing.by,
        width=piece.width,
        height=piece.height,
        view_url=view_url,
        strokes=[
            StrokeOut(
                id=stroke.id,
                kind=stroke.kind,
                places=json.loads(stroke.places),
                text=stroke.text,
                by=stroke.by,
            )
            for stroke in drawing.strokes
        ],
    )
