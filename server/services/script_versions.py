"""Scripts as they were on a day: kept once for all bureaus, and which of them is in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from inspection.checklist.script import Script
from server.models.checklist import ScriptVersion
from server.models.publication import PublicationStatus, ScriptPublication

#: Scripts kept in memory: a bureau has a few dozen, in a few versions each.
MOST_KEPT = 200
_KEPT: dict[str, Script] = {}  # by digest, which covers the key and every cell


def stored(db: Session, script: Script) -> ScriptVersion:
    """The row of a script, made if it is the first of this content."""
    version = db.scalar(
        select(ScriptVersion).where(
            ScriptVersion.script == script.key, ScriptVersion.sha256 == script.sha256
        )
    )
    if version is None:
        version = ScriptVersion(
            script=script.key,
            version=script.version,
            sha256=script.sha256,
            content=dict(script.content),
        )
        db.add(version)
        db.flush()
    return version


def script_of(version: ScriptVersion) -> Script:
    """A stored script never changes: it is taken apart once in the life of a process."""
    known = _KEPT.get(version.sha256)
    if known is None:
        known = Script.from_content(version.content)
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[version.sha256] = known
    return known


def published(
    db: Session, bureau_id: int, keys: Collection[str], day: date
) -> dict[str, ScriptPublication]:
    """By key, what the bureau has in force on a day (Beijing): of those whose first day has come,
    the one published last. An older one that was to begin later does not come back."""
    newest = (
        select(func.max(ScriptPublication.id))  # one is on its way at a time, each a later version
        .where(
            ScriptPublication.bureau_id == bureau_id,
            ScriptPublication.script.in_(keys),
            ScriptPublication.status == PublicationStatus.PUBLISHED,
            ScriptPublication.effective_from <= day,
        )
        .group_by(ScriptPublication.script)
    )
    found = db.scalars(
        select(ScriptPublication)
        .where(ScriptPublication.id.in_(newest))
        .options(joinedload(ScriptPublication.script_version))
    )
    return {one.script: one for one in found}
