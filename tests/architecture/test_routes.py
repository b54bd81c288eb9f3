"""Every door says who may come in."""

from __future__ import annotations

import pytest

from server.web.access import Guard
from server.web.sockets import EVENTS

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_database
def test_every_route_says_who_may_call_it(app):
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not isinstance(getattr(view, "guard", None), Guard)
    ]

    assert silent == []


@on_one_database
def test_a_route_for_everybody_says_why(app):
    for endpoint, view in app.view_functions.items():
        if view.guard.public and endpoint != "openapi.spec":
            assert "For everybody: " in (view.__doc__ or ""), endpoint


@on_one_database
def test_nothing_that_changes_something_is_for_supervisors(app):
    for rule in app.url_map.iter_rules():
        guard = app.view_functions[rule.endpoint].guard
        if (
            rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
            and rule.endpoint != "accounts.sign_out"
        ):
            assert "supervisor" not in guard.roles, rule


def test_every_socket_event_says_who_may_send_it():
    assert EVENTS
    assert all(isinstance(guard, Guard) for guard in EVENTS.values())
    assert not any(guard.public for guard in EVENTS.values())
