"""What the coordinator's pages send and receive."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from server.models.bureau import Mode
from server.models.case import CaseStatus
from server.models.expert import AbsenceKind
from server.models.notice import Channel, NoticeStatus
from server.models.observer import Capacity
from server.models.round import PlanStatus, RoundStatus
from server.models.survey import SurveyStatus
from server.models.verdict import Finding
from server.web.door import LARGEST_ID
from server.web.shapes import Moment, ObserverOut

#: On which day something shall be, as `Moment` says when.
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(9000, 1, 1))]


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Person(Out):
    id: int
    name: str


class Today(Out):
    video: int
    on_site: int
    done: int


class OverviewOut(Out):
    cases: dict[CaseStatus, int]
    overdue: int
    due_soon: int
    today: Today
    notices_failed: int


class CapacityOut(Out):
    """`fit`: calls that can still begin, at most; none without `workers` to carry them.

    `disk_full`: some worker has no room to record, so that its calls are not.
    """

    workers: int
    fit: int
    disk_full: bool


class ItemTypeOut(Out):
    id: int
    code: str
    name: str
    name_en: str
    has_script: bool


class DistrictOut(Out):
    id: int
    parent_id: int | None
    code: str
    name: str
    name_en: str
    level: str


class ExpertOut(Out):
    id: int
    name: str
    badge: str
    home_district: str
    item_types: int


class ItemTypes(Out):
    items: list[ItemTypeOut]


class Districts(Out):
    items: list[DistrictOut]


class Experts(Out):
    items: list[ExpertOut]


class CasesQuery(BaseModel):
    status: CaseStatus | None = None
    district: int | None = Field(None, ge=1, le=LARGEST_ID)
    item_type: int | None = Field(None, ge=1, le=LARGEST_ID)
    q: str = Field("", max_length=100)
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class SurveyBrief(Out):
    id: int
    mode: Mode | None
    status: SurveyStatus
    starts_at: datetime | None
    lead: str | None


class CaseRow(Out):
    id: int
    number: str
    item_type: str
    item_type_en: str
    premises: str
    address: str
    district: str
    district_en: str
    applicant: str
    status: CaseStatus
    accepted_on: date
    survey_by: date
    days_left: int
    survey: SurveyBrief | None


class Cases(Out):
    items: list[CaseRow]
    next: str | None


class EventOut(Out):
    at: datetime
    subject: str
    came_from: str
    to: str
    by: str
    by_name: str
    note: str


class VisitOut(Out):
    id: int
    starts_at: datetime
    ends_at: datetime
    lead: str
    second: str | None
    recused: list[str]  # of the crew, who must not judge this applicant: names
    needs_another_crew: bool  # it has begun, and with this crew it cannot be decided


class RecordOut(Out):
    language: str
    at: datetime
    sha256: str


class VerdictBrief(Out):
    finding: Finding
    by: str
    by_name: str
    at: datetime
    rectify_by: date | None


class SurveyOut(Out):
    id: int
    mode: Mode | None
    status: SurveyStatus
    recheck: bool
    visit: VisitOut | None
    verdict: VerdictBrief | None
    records: list[RecordOut]
    recorded: bool


class NoticeBrief(Out):
    id: int
    kind: str
    channel: Channel
    to: str
    status: NoticeStatus
    sent_at: datetime | None
    error: str


class CaseOut(CaseRow):
    timeline: list[EventOut]
    surveys: list[SurveyOut]
    notices: list[NoticeBrief]


class WithdrawalIn(BaseModel):
    note: str = Field(min_length=1, max_length=500)


class PlanOrder(BaseModel):
    first_day: Day
    last_day: Day
    seconds: float = Field(10, ge=1, le=300)


class PlanRef(Out):
    id: int
    status: PlanStatus


class PlanRow(PlanRef):
    first_day: date
    last_day: date
    by: str
    created_at: datetime


class Plans(Out):
    items: list[PlanRow]


class Figures(Out):
    to_plan: int
    planned: int
    unplanned: int
    trips: int
    video: int
    travel_minutes: int
    km: int
    minutes_most: int
    minutes_least: int

    @classmethod
    def nothing(cls) -> Figures:
        """Before there is an answer."""
        return cls.model_validate(dict.fromkeys(cls.model_fields, 0))


class WhichSurvey(Out):
    """Which survey it is: its case, its place and what is applied for."""

    survey_id: int
    case_id: int
    number: str
    premises: str
    item_type: str
    item_type_en: str


class RoundVisit(WhichSurvey):
    id: int
    starts_at: datetime
    ends_at: datetime
    longitude: float | None
    latitude: float | None
    status: SurveyStatus
    broken: bool = False  # it cannot be kept
    recused: list[str] = []  # of the crew, where it is broken for that: names


class RoundOut(Out):
    id: int
    mode: Mode
    lead: Person
    second: Person | None
    car: int | None
    leaves_at: datetime
    back_at: datetime
    travel_minutes: int
    status: RoundStatus
    partial: bool = False  # it goes to other districts too: of those nothing is told
    broken: bool = False  # some of its visits cannot be kept
    visits: list[RoundVisit]


class ReasonOut(Out):
    code: str
    kind: Mode | None
    count: int
    text: str


class UnplannedOut(WhichSurvey):
    survey_by: date
    reasons: list[ReasonOut]


class WayInCode(StrEnum):
    """What may be changed so that a survey finds a place; see `scheduler.change`."""

    NOTHING = "nothing"
    WINDOW = "window"
    VIDEO = "video"
    OVERTIME = "overtime"
    DISTRICT = "district"
    DESK = "desk"
    CAR = "car"
    LEAVE = "leave"
    DEADLINE = "deadline"
    GIVE_WAY = "give_way"  # another survey is put elsewhere
    GIVE_UP = "give_up"  # another survey is left out instead


class Named(Out):
    name: str
    name_en: str


class Stretch(Out):
    starts_at: datetime
    ends_at: datetime


class OtherSurvey(Out):
    survey_id: int
    case_id: int
    premises: str


class WayInOut(Out):
    """One change that lets a survey in. Which fields are filled follows from the code."""

    code: WayInCode
    officers: list[Person] = []
    day: date | None = None
    at: Stretch | None = None
    minutes: int = 0
    days: int = 0
    district: Named | None = None
    other: OtherSurvey | None = None


class WaysInOut(Out):
    items: list[WayInOut]


class PlanOut(PlanRow):
    progress: float
    seconds: float
    parts: int  # 片区 it is computed in, while it is; 0 where it is not cut into any
    parts_planned: int
    error: str
    beyond: int
    commitment: str | None  # of the seed by which its experts are drawn, if they are
    figures: Figures
    rounds: list[RoundOut]
    unplanned: list[UnplannedOut]


class LotOut(Out):
    """A place in the crew of some surveys: drawn among the candidates, numbered by the label."""

    label: str
    surveys: list[int]
    cases: list[str]
    candidates: list[Person]
    drawn: Person


class OtherDraw(Out):
    plan_id: int
    status: PlanStatus
    by: str
    created_at: datetime
    commitment: str


class DrawOut(Out):
    """The record of a draw: all that is needed to draw again (docs/fair-draw.md)."""

    protocol: str
    plan_id: int
    status: PlanStatus
    by: str
    created_at: datetime
    commitment: str
    seed: str | None  # hidden while the plan is being made
    lots: list[LotOut]
    others: list[OtherDraw]


class PublicationQuery(BaseModel):
    #: Leave out what does not hold any more, instead of refusing all of it.
    rest: bool = False


class PublishedOut(Out):
    rounds: int
    surveys: int
    waiting: int = Field(description="Surveys of the draft that did not hold and go on waiting")
    invitations: int


class WishIn(BaseModel):
    """One appointment that the coordinator wants elsewhere; without `lead_id` the same crew."""

    survey_id: int = Field(ge=1, le=LARGEST_ID)
    starts_at: Moment
    lead_id: int | None = Field(None, ge=1, le=LARGEST_ID)


class RepairOrder(BaseModel):
    first_day: Day
    last_day: Day
    wish: WishIn | None = None


class AppointmentOut(Out):
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    lead: Person
    second: Person | None


class ChangeKind(StrEnum):
    """What a repair does to one survey; `NO_PLACE`: urgent, and still without an appointment."""

    LOST = "lost"
    MOVED = "moved"
    OTHER_CREW = "other_crew"
    ADDED = "added"
    NO_PLACE = "no_place"


class ChangeOut(WhichSurvey):
    kind: ChangeKind
    survey_by: date
    before: AppointmentOut | None
    after: AppointmentOut | None
    reasons: list[ReasonOut]


class RepairOut(PlanRow):
    changes: list[ChangeOut]
    kept: int  # appointments that stay as they are
    told: int  # applicants who get a message
    travel_minutes_before: int
    travel_minutes_after: int
    km_before: int
    km_after: int


class AcceptedOut(Out):
    moved: int
    other_crew: int
    lost: int
    added: int
    told: int


class OfferOut(Out):
    """An appointment that could be made. `on_way`: a round that is made anyway comes by."""

    mode: Mode
    starts_at: datetime
    ends_at: datetime
    driving_minutes: int  # how much longer somebody is on the road for it
    on_way: bool


class OffersOut(Out):
    days: list[date]  # on which somebody works
    items: list[OfferOut]  # at most one a half-day, the best first


class ChosenIn(BaseModel):
    """An offer that is taken."""

    mode: Mode
    starts_at: Moment


class LeaveIn(BaseModel):
    kind: AbsenceKind
    first_day: Day
    last_day: Day


class RecusalIn(BaseModel):
    expert_id: int = Field(ge=1, le=LARGEST_ID)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class RecusalOut(Out):
    id: int
    expert: Person
    reason: str
    by: str
    by_name: str
    at: datetime
    may_withdraw: bool  # an officer of another district is that district's to speak of


class Recusals(Out):
    """Those that stand, and whom else the account may name: `experts`."""

    items: list[RecusalOut]
    experts: list[Person]


class BoardQuery(BaseModel):
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    plan: int | None = Field(None, ge=1, le=LARGEST_ID)


class ShiftOut(Out):
    day: date
    begins: int
    ends: int


class AbsenceOut(Out):
    id: int
    kind: AbsenceKind
    starts_at: datetime
    ends_at: datetime


class TakenOut(Out):
    """Time that is taken; by whom and for what is another district's business."""

    starts_at: datetime
    ends_at: datetime


class BoardExpert(Out):
    id: int
    name: str
    shifts: list[ShiftOut]
    absences: list[AbsenceOut]
    elsewhere: list[TakenOut]


class BoardBureau(Out):
    longitude: float
    latitude: float
    on_site_grid: int  # surveys on site start at its full multiples, in minutes


class Board(Out):
    days: list[date]
    experts: list[BoardExpert]
    rounds: list[RoundOut]
    bureau: BoardBureau
    urgent: int  # cases that are due and wait, while others have appointments on these days


class ObserverIn(BaseModel):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
    capacity: Capacity


class ObserverMade(Out):
    """The link, shown once."""

    url: str
    expires_at: datetime


class Observers(Out):
    items: list[ObserverOut]


class LinkOut(Out):
    url: str
    expires_at: datetime
