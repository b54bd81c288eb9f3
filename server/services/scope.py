"""What somebody sees of a bureau: everything, or one district and all below it.

The one place that says which cases, surveys, rounds, plans, imports, notices, guidance sessions
and experts that makes. Lists, figures and single things all ask here, in the query itself, so that
a thing outside is never fetched and "not yours" cannot be told from "not there".
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select

from server.models.account import Account
from server.models.applicant import Premises
from server.models.bureau import District, DistrictLevel
from server.models.case import Case
from server.models.expert import Expert
from server.models.guidance import GuidanceSession
from server.models.imports import Import
from server.models.notice import Notice
from server.models.round import Plan, Round, Visit
from server.models.survey import Survey

#: The planner counts these as their district: who may enter it may enter them.
_PARTS_OF_A_DISTRICT = (DistrictLevel.STREET, DistrictLevel.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Scope:
    """A whole bureau, or one district of it. Every method is a condition for a query."""

    bureau_id: int
    district_id: int | None = None  # None: the whole bureau

    @property
    def is_whole(self) -> bool:
        return self.district_id is None

    def districts(self) -> Select[int]:
        """Ids of the district and every node below it."""
        if self.district_id is None:
            return select(District.id).where(District.bureau_id == self.bureau_id)
        return districts_below(self.district_id)

    def cases(self) -> ColumnElement[bool]:
        """Cases of premises in the district; those whose district nobody knows are the bureau's."""
        if self.is_whole:
            return Case.bureau_id == self.bureau_id
        here = select(Premises.id).where(Premises.district_id.in_(self.districts()))
        return and_(Case.bureau_id == self.bureau_id, Case.premises_id.in_(here))

    def surveys(self) -> ColumnElement[bool]:
        if self.is_whole:
            return Survey.bureau_id == self.bureau_id
        return Survey.case_id.in_(select(Case.id).where(self.cases()))

    def visits(self) -> ColumnElement[bool]:
        return Visit.survey_id.in_(select(Survey.id).where(self.surveys()))

    def rounds(self) -> ColumnElement[bool]:
        """Rounds that come to the district, if only once: their other stops are not shown."""
        if self.is_whole:
            return Round.bureau_id == self.bureau_id
        return and_(
            Round.bureau_id == self.bureau_id,
            Round.id.in_(select(Visit.round_id).where(self.visits())),
        )

    def plans(self) -> ColumnElement[bool]:
        """Plans ordered for the district or a part of it, as long as every stop lies in it.

        A plan is published and discarded as a whole, so one that reaches outside is not theirs,
        even if its address was put into another district after it was made.
        """
        if self.is_whole:
            return Plan.bureau_id == self.bureau_id
        reaching = select(Visit.round_id).where(~self.visits())
        return and_(
            Plan.bureau_id == self.bureau_id,
            Plan.district_id.in_(self.districts()),
            Plan.id.not_in(select(Round.plan_id).where(Round.id.in_(reaching))),
        )

    def imports(self) -> ColumnElement[bool]:
        """Imports made for the district or a part of it: none of their cases lies outside."""
        if self.is_whole:
            return Import.bureau_id == self.bureau_id
        return and_(Import.bureau_id == self.bureau_id, Import.district_id.in_(self.districts()))

    def notices(self) -> ColumnElement[bool]:
        """Messages about the district's cases; those about no case are the bureau's."""
        if self.is_whole:
            return Notice.bureau_id == self.bureau_id
        return and_(
            Notice.bureau_id == self.bureau_id,
            Notice.case_id.in_(select(Case.id).where(self.cases())),
        )

    def guidance(self) -> ColumnElement[bool]:
        """Guidance sessions announced for the district or a part of it."""
        if self.is_whole:
            return GuidanceSession.bureau_id == self.bureau_id
        return and_(
            GuidanceSession.bureau_id == self.bureau_id,
            GuidanceSession.district_id.in_(self.districts()),
        )

    def experts(self) -> ColumnElement[bool]:
        """Experts whose home district or an allowed one (跨区通办) is the district or in it."""
        mine = Expert.bureau_id == self.bureau_id
        if self.district_id is None:
            return mine
        reach = _tree(self._planned_as())
        return and_(
            mine,
            or_(
                Expert.home_district_id.in_(reach),
                Expert.districts.any(District.id.in_(reach)),
            ),
        )

    def _planned_as(self) -> ColumnElement[bool]:
        """The node itself; for a street or community also what it is part of, up to a district."""
        node = select(District.id, District.parent_id, District.level)
        up = node.where(District.id == self.district_id).cte(recursive=True)
        up = up.union_all(
            node.join(up, District.id == up.c.parent_id).where(up.c.level.in_(_PARTS_OF_A_DISTRICT))
        )
        return District.id.in_(select(up.c.id))


def scope_of(account: Account) -> Scope:
    """What this account sees and, as far as its role lets it, changes."""
    return Scope(account.bureau_id, account.district_id)


def districts_below(district_id: int) -> Select[int]:
    """Ids of a district and every node below it."""
    return _tree(District.id == district_id)


def _tree(roots: ColumnElement[bool]) -> Select[int]:
    tree = select(District.id).where(roots).cte(recursive=True)
    # UNION, not UNION ALL: roots may lie below one another
    tree = tree.union(select(District.id).where(District.parent_id == tree.c.id))
    return select(tree.c.id)
