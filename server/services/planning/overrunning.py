"""A survey takes longer than it was promised to (超时): until when its crew and car are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import local_day
from server.models.round import Round, RoundStatus
from server.models.survey import SurveyStatus

#: What should be over by now takes so long yet: nobody knows better.
STILL = timedelta(minutes=15)


class Overruns:
    """Today's rounds that are late, and what they hold up."""

    def __init__(self, rounds: Iterable[Round] = (), *, at: datetime) -> None:
        late = {round_: _delay(round_, at) for round_ in rounds}
        self._late = {round_.id: delay for round_, delay in late.items() if delay}
        self._experts: dict[int, datetime] = {}
        self._cars: dict[int, datetime] = {}
        for round_, delay in late.items():
            if not delay:
                continue
            for key in (round_.lead_id, round_.second_id):
                if key is not None:
                    self._experts[key] = round_.back_at + delay
            if round_.car is not None:
                self._cars[round_.car] = round_.back_at + delay

    def delay(self, round_id: int) -> timedelta:
        """By how much a round comes back later than it should; nothing for one that is on time."""
        return self._late.get(round_id, timedelta())

    def hold_up(self, round_: Round) -> bool:
        """Whether somebody of its crew, or its car, is not back in time for a round."""
        crew = [key for key in (round_.lead_id, round_.second_id) if key is not None]
        away = [self._experts[key] for key in crew if key in self._experts]
        if round_.car in self._cars:
            away.append(self._cars[round_.car])
        return any(round_.leaves_at < until for until in away)


def overruns(db: Session, bureau_id: int, *, at: datetime) -> Overruns:
    """Of a bureau's rounds under way. One that nobody has ended since yesterday holds up nobody."""
    rounds = db.scalars(
        select(Round).where(Round.bureau_id == bureau_id, Round.status == RoundStatus.UNDER_WAY)
    )
    today = [round_ for round_ in rounds if local_day(round_.leaves_at) == local_day(at)]
    return Overruns(today, at=at)


def _delay(round_: Round, at: datetime) -> timedelta:
    """A survey under way that should be over puts off everything behind it."""
    for visit in round_.visits:
        if visit.survey.status is SurveyStatus.UNDER_WAY and visit.ends_at < at:
            return at + STILL - visit.ends_at
    return timedelta()
