"""The figures for the bureau's monitoring, and who may read them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def with_token(app):
    """The bureau has set one."""
    parts = app.extensions["parts"]
    settings = parts.settings.model_copy(update={"metrics_token": SecretStr("of this test")})
    app.extensions["parts"] = replace(parts, settings=settings)


def ask(app, *, address: str = "127.0.0.1", **headers: str):
    return app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_a_worker_that_is_away_is_said_to_be_away(app):
    answer = ask(app)

    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert 'yunkan_media_worker_up{worker="127.0.0.1:8010"} 0\n' in answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
def test_without_a_token_this_machine_may_ask(app, address):
    assert ask(app, address=address).status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.7", "::2", ""])
def test_without_a_token_another_machine_may_not(app, address):
    answer = ask(app, address=address)

    assert (answer.status_code, answer.json["code"]) == (403, "not_yours")


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}]
)
def test_what_a_proxy_on_this_machine_passes_on_is_not_this_machine(app, header):
    assert ask(app, **header).status_code == 403


@pytest.mark.usefixtures("with_token")
def test_with_a_token_whoever_shows_it_may_ask_from_anywhere_and_nobody_else(app):
    right, wrong = "Bearer of this test", "Bearer of this tesT"

    assert ask(app, address="10.0.0.7", Authorization=right).status_code == 200
    assert ask(app, Authorization=right).status_code == 200
    assert ask(app, Authorization=wrong).status_code == 403
    assert ask(app).status_code == 403
