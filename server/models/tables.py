"""All tables in one place: what Alembic and the tests must know of."""

from server.models import (
    account,
    applicant,
    bureau,
    case,
    checklist,
    evidence,
    expert,
    imports,
    lifecycle,
    notice,
    record,
    round,
    session,
    survey,
    verdict,
)
from server.models.base import Base

MODULES = (
    account,
    applicant,
    bureau,
    case,
    checklist,
    evidence,
    expert,
    imports,
    lifecycle,
    notice,
    record,
    round,
    session,
    survey,
    verdict,
)
METADATA = Base.metadata
