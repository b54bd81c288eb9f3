"""What every answer tells the browser not to do."""

from __future__ import annotations

import re

import pytest

from server.models.account import Role

PAGES = ("/sign-in", "/coordinator/", "/expert/", "/j")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def policy(answer):
    parts = answer.headers["Content-Security-Policy"].split("; ")
    return {name: rest.split() for name, _, rest in (part.partition(" ") for part in parts)}


@pytest.mark.parametrize(
    "path", [*PAGES, "/static/shared/base.css", "/api/v1/health", "/api/v1/me", "/nowhere"]
)
def test_nothing_inline_nothing_from_elsewhere_no_frames(caller, path):
    with caller().get(path) as answer:
        told = policy(answer)

        assert told["default-src"] == ["'self'"]
        assert told["frame-ancestors"] == told["object-src"] == told["base-uri"] == ["'none'"]
        assert told["form-action"] == ["'self'"]
        assert "script-src" not in told  # what default-src says holds
        assert not [word for words in told.values() for word in words if "unsafe" in word]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Permissions-Policy"] == "camera=(self), microphone=(self)"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_would_work_under_that_policy(caller, path):
    page = caller().get(path).text

    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)


def test_answers_about_cases_are_not_kept_by_browsers(caller, sign_in_as):
    assert sign_in_as(Role.COORDINATOR).get("/api/v1/cases").headers["Cache-Control"] == "no-store"
    assert caller().get("/api/v1/me").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("secure", [True, False])
def test_tls_is_insisted_on_where_there_is_tls(app, settings, caller, secure):
    settings.secure_cookies = secure

    assert ("Strict-Transport-Security" in caller().get("/sign-in").headers) is secure


def test_no_other_origin_may_read_our_answers(caller):
    answer = caller().get("/api/v1/health", headers={"Origin": "https://elsewhere.example"})

    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
