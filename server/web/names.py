"""How people are called, for pages that say who did something."""

from __future__ import annotations

from flask import g

from server.services.accounts import names_of
from server.web.db import db


def name_of(by: str) -> str:
    """The name of whoever signs in with this; what it says itself where nobody does ("applicant",
    "system", empty). Asked once a request."""
    known: dict[str, str] = g.setdefault("names", {})
    if by not in known:
        known.update(names_of(db.session, {by}))
    return known[by]
