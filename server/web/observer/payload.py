"""What an observer's page sends and receives."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from server.models.session import SessionStatus
from server.web.shapes import BureauOut, Out, RelayOut

#: "asking": the applicant has not agreed yet.
Stage = Literal["asking", "open", "over"]


class ObserveIn(BaseModel):
    token: str = Field(min_length=20, max_length=200)


class Observed(Out):
    """All that the page shows. Of the case no more than the place: an observer sees the rest."""

    csrf: str
    id: int
    name: str
    stage: Stage
    status: SessionStatus
    bureau: BureauOut
    premises: str
    item_type: str
    item_type_en: str
    officer: str
    starts_at: datetime
    relays: list[RelayOut]
