"""All tables in one place: what Alembic and the tests must know of."""

from server.models import (  # noqa: F401  (importing a module registers its tables)
    account,
    applicant,
    bureau,
    case,
    checklist,
    draw,
    drawing,
    evidence,
    expert,
    guidance,
    imports,
    lifecycle,
    notice,
    observer,
    part,
    publication,
    record,
    recording,
    retention,
    round,
    session,
    survey,
    verdict,
)
from server.models.base import Base

METADATA = Base.metadata
