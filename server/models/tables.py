"""All tables in one place: what Alembic and the tests must know of."""

from server.models import (  # noqa: F401  (importing a module registers its tables)
    account,
    applicant,
    bureau,
    case,
    checklist,
    draw,
    evidence,
    expert,
    imports,
    lifecycle,
    notice,
    part,
    record,
    round,
    session,
    survey,
    verdict,
)
from server.models.base import Base

METADATA = Base.metadata
