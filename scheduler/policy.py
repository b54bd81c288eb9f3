"""What a bureau decides for itself: how many officers go, how long arriving takes, what costs."""

from __future__ import annotations

from dataclasses import dataclass, fields

from scheduler.refusals import Nonsense, ProblemRefused, refuse_less
from scheduler.task import Kind, Mode

_MAY_BE_NONE = ("setup_minutes", "leeway_minutes")


@dataclass(frozen=True, slots=True)
class Policy:
    """The bureau's settings. Costs are in seconds of driving: what one would drive to avoid it."""

    #: At least two officers make a survey on site (行政许可法 art. 34).
    officers_on_site: int = 2
    #: One officer judges by video; with two, the second is present as a witness.
    officers_on_video: int = 1
    #: Video appointments start at full multiples of this many minutes.
    video_grid: int = 15
    #: Surveys on site start at full multiples of this many minutes; it divides the hour.
    on_site_grid: int = 1
    #: Several crews meet at full multiples of this many minutes.
    meeting_grid: int = 30
    #: Whether a round takes its crew's whole shift (one crew for the half-day, where lunch parts
    #: the day), or they may go on to something else once they are back.
    whole_shift: bool = False
    #: Minutes for arriving, showing papers, being let in: once per arrival at a site.
    setup_minutes: int = 10

    #: For leaving a survey of priority 1 out of the plan.
    unplanned_cost: int = 100_000
    #: For sending a car out.
    trip_cost: int = 900
    #: For ringing at a door: surveys next to each other at one site pay it once.
    arrival_cost: int = 300
    #: For each day an applicant waits for his survey.
    waiting_cost: int = 120
    #: For each officer who surveys outside his home district (跨区通办).
    cross_district_cost: int = 1_800
    #: For each day a survey is held after it was due, times its priority.
    late_cost: int = 3_600
    #: For each minute a survey begins after it should have, times its priority.
    tardy_cost: int = 60
    #: For each minute by which the most tardy survey of the plan begins too late.
    worst_tardy_cost: int = 0
    #: For a crew in which two officers are not each other's usual partners.
    unusual_pair_cost: int = 0
    #: Whether only usual partners go together: the roster is fixed.
    fixed_roster: bool = False
    #: For each two of a crew who have gone together of late: pairs rotate (轮岗).
    repeated_pair_cost: int = 0
    #: For moving an appointment that was given to an applicant, when a plan is repaired.
    moved_cost: int = 14_400
    #: For sending others to it, at the time that was given.
    other_crew_cost: int = 1_200
    #: An on-site appointment is kept when the crew comes within so many minutes of the time given.
    leeway_minutes: int = 15

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool):
                continue
            least = 0 if field.name in _MAY_BE_NONE or field.name.endswith("_cost") else 1
            refuse_less(value, least, what=field.name.replace("_", " "), thing="policy")
        if 60 % self.on_site_grid:
            what, value = "the grid of surveys on site", self.on_site_grid
            raise ProblemRefused(Nonsense.GRID, "policy", what=what, value=value)
        if self.officers_on_video > 2:
            raise ProblemRefused(Nonsense.DESK_CROWDED, "policy", officers=self.officers_on_video)

    def officers_for(self, mode: Mode) -> int:
        """How many officers must be sent at least."""
        if mode.officers is not None:
            return mode.officers
        return self.officers_on_site if mode.kind is Kind.ON_SITE else self.officers_on_video
