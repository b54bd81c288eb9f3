"""The fair draw (随机派员): its seed is bound when a plan is ordered, and shown when it is made.

The protocol, byte by byte, is `docs/fair-draw.md`; who is drawn decides `scheduler.draw`.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.draw import drawn
from scheduler.instances import plan_from_json, plan_to_json
from scheduler.plan import Lot
from scheduler.plan import Plan as Answer
from scheduler.problem import Problem
from server.errors import NotFound
from server.models.bureau import Bureau
from server.models.draw import Draw
from server.models.lifecycle import Event
from server.models.round import Plan, PlanStatus
from server.services.planning.answering import question_of
from server.services.scope import Scope

SEED_BYTES = 32


def choose(db: Session, bureau: Bureau, *, draws: bool, by: str, at: datetime) -> None:
    """Have the experts drawn in plans ordered from now on, or no more. The caller commits."""
    if bureau.draws_experts != draws:
        came_from, to = ("as planned", "drawn") if draws else ("drawn", "as planned")
        db.add(_event(bureau, "bureau", bureau.id, came_from, to, by=by, at=at))
        bureau.draws_experts = draws


def bind(db: Session, bureau: Bureau, plan: Plan, *, by: str, at: datetime) -> None:
    """Choose the seed of a plan that is being ordered, and write down its commitment."""
    seed = secrets.token_bytes(SEED_BYTES)
    commitment = hashlib.sha256(seed).hexdigest()
    db.add(Draw(plan_id=plan.id, commitment=commitment, seed=seed.hex()))
    bound = _event(bureau, Plan.SUBJECT, plan.id, "", "seed_bound", by=by, at=at, note=commitment)
    db.add(bound)


def find(db: Session, plan: Plan) -> Draw | None:
    """The draw of a plan; None: its experts are not drawn."""
    return db.scalar(select(Draw).where(Draw.plan_id == plan.id))


def one(db: Session, plan: Plan) -> Draw:
    """Raises: NotFound: the plan's experts are not drawn."""
    if (draw := find(db, plan)) is None:
        raise NotFound(f"plan {plan.id} has no draw")
    return draw


@dataclass(slots=True)
class Drawing:
    """Draws the experts when the planner asks, and remembers what it drew from."""

    problem: Problem
    seed: bytes
    undrawn: Answer = field(default_factory=Answer)

    def __call__(self, plan: Answer) -> Answer:
        self.undrawn = plan
        return drawn(self.problem, plan, self.seed)


def before_shown(db: Session, plan: Plan, problem: Problem) -> Drawing | None:
    """For the planner, while nobody else may see the seed; None: nothing is drawn."""
    draw = find(db, plan)
    return Drawing(problem, bytes.fromhex(draw.seed)) if draw else None


def keep(db: Session, plan: Plan, made: Drawing) -> str:
    """Keep what was drawn from; for the record, the seed. The caller makes the plan a draft."""
    one(db, plan).undrawn = json.loads(plan_to_json(made.undrawn))
    return f"seed {made.seed.hex()}"


def holds(plan: Plan, draw: Draw) -> bool:
    """Whether drawing again comes to the same plan by the seed that was bound, candidates and all.

    Of a plan as it was made: adjusting it later leaves what was drawn on record.
    """
    seed = bytes.fromhex(draw.seed)
    answer = plan_from_json(json.dumps(plan.result))
    undrawn = plan_from_json(json.dumps(draw.undrawn))
    again = drawn(question_of(plan), undrawn, seed)
    return (
        hashlib.sha256(seed).hexdigest() == draw.commitment
        and replace(again, unplanned=answer.unplanned) == answer
    )


def shown_seed(plan: Plan, draw: Draw) -> str | None:
    """The seed, once nothing can be decided by it any more: the plan is made, or never will be."""
    return None if plan.status in (PlanStatus.QUEUED, PlanStatus.RUNNING) else draw.seed


def lots_of(plan: Plan) -> tuple[Lot, ...]:
    """What was drawn; nothing before the plan is made."""
    return plan_from_json(json.dumps(plan.result)).lots


def others(db: Session, plan: Plan, scope: Scope) -> Sequence[tuple[Plan, Draw]]:
    """All other draws for any of the same days, the oldest first.

    Who orders plan after plan until the draw pleases, or several at once, is seen here.
    """
    found = db.execute(
        select(Plan, Draw)
        .join(Draw, Draw.plan_id == Plan.id)
        .where(
            scope.plans(),
            Plan.id != plan.id,
            Plan.first_day <= plan.last_day,
            Plan.last_day >= plan.first_day,
        )
        .order_by(Plan.id)
    )
    return [(other, draw) for other, draw in found]


def _event(
    bureau: Bureau,
    subject: str,
    subject_id: int,
    came_from: str,
    to: str,
    *,
    by: str,
    at: datetime,
    note: str = "",
) -> Event:
    return Event(
        bureau_id=bureau.id,
        subject=subject,
        subject_id=subject_id,
        came_from=came_from,
        to=to,
        by=by,
        at=at,
        note=note,
    )
