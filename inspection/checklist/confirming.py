"""What a bureau must confirm (待本局确认) before it relies on a script: laws that nobody has
compared with the published text yet, limits that are set locally, wording that is open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inspection.checklist.point import Text
from inspection.checklist.script import Script


class What(StrEnum):
    BASIS = "basis"
    LOCAL_LIMIT = "local_limit"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One law or point. The digest is of all it says: confirmed once, it is confirmed in every
    later version that says the same, and in none that says something else."""

    what: What
    name: str  # of the point, or the id of the law
    title: Text
    says: Text  # its articles, the standard, or the spoken line
    sha256: str


def to_confirm(script: Script) -> list[ToConfirm]:
    """In the order of the laws, then of the points."""
    return [*_laws(script), *_points(script)]


def _laws(script: Script) -> Iterator[ToConfirm]:
    relied_on = {one for point in script.points for one in point.basis}
    for basis in script.bases:
        if basis.to_confirm and basis.id in relied_on:
            says = Text(f"{basis.ref}，{basis.articles}", f"{basis.ref}, {basis.articles}")
            digest = _digest(basis.title, says)
            yield ToConfirm(What.BASIS, basis.id, basis.title, says, digest)


def _points(script: Script) -> Iterator[ToConfirm]:
    for point in script.points:
        if point.confirm is not None:
            says = point.standard or point.spoken  # what only opens others has no standard
            passes = point.passes.text if point.passes else ""
            digest = _digest(point.label, says, point.name, passes)
            yield ToConfirm(What(point.confirm), point.name, point.label, says, digest)


def _digest(title: Text, says: Text, *besides: str) -> str:
    said = (title.zh, title.en, says.zh, says.en, *besides)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
