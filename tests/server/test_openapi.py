"""The API keeps what its own description promises, whatever it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from inspection.media.engine import Load
from server.adapters.media import OfferRefused
from server.app import create_app
from server.clock import utcnow
from server.config import Settings
from server.errors import NoPicture
from server.models.account import Role
from server.models.guidance import GuidanceQuestion, GuidanceSession, GuidanceStatus
from server.models.notice import Channel, Notice, NoticeStatus
from server.models.observer import Capacity
from server.services import checklists, observing, surveys

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Six requests of each kind, valid and broken; the same ones in every run.
SETTINGS = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

APP = create_app(Settings(database_url="sqlite://"))
DESCRIBED = APP.spec
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
ROLES = {
    label: APP.view_functions[operation.definition.raw["operationId"]].guard.roles
    for label, operation in OPERATIONS.items()
}


def test_the_description_is_openapi_3_1():
    assert DESCRIBED["openapi"].startswith("3.1")
    SCHEMA.validate()


def test_every_operation_says_who_may_call_it_and_how_it_refuses():
    for path, operations in DESCRIBED["paths"].items():
        for method, operation in operations.items():
            assert "security" in operation, f"{method} {path}"
            assert operation["responses"]["default"]["content"].keys() == {
                "application/problem+json"
            }


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # the stricter one
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_an_operation_answers_as_described(label, app, db, people, ids):
    operation = OPERATIONS[label]
    cookies, csrf = people(label)
    db.rollback()

    def send(case: Any) -> None:
        if case.meta.generation.mode is GenerationMode.POSITIVE:
            known = {name: ids[name] for name in case.path_parameters if name in ids}
            case.path_parameters = {**case.path_parameters, **known}
        case.cookies = cookies
        answer = case.call(headers={"X-CSRF-Token": csrf}, app=app)
        case.validate_response(answer, checks=CHECKS)

    for mode in kinds_of(operation):
        SETTINGS(given(case=operation.as_strategy(generation_mode=mode))(send))()


def kinds_of(operation: Any) -> list[GenerationMode]:
    """Valid requests; broken ones too, where there is anything to break."""
    described = operation.definition.raw
    breakable = "requestBody" in described or any(
        one["schema"].get("type") != "string" for one in described["parameters"]
    )
    return [GenerationMode.POSITIVE] + [GenerationMode.NEGATIVE] * breakable


@pytest.fixture
def app(app):
    """Without the processes that are not there: nobody computes, and no browser's offer fits."""
    app.extensions["parts"] = replace(app.extensions["parts"], media=OneWorker(), jobs=NoJobs())
    return app


class OneWorker:
    """The only media worker there is."""

    def able(self, current: str) -> list[str]:
        return ["127.0.0.1:1"]

    def line(self, name: str) -> NoOffer:
        return NoOffer()

    def names(self) -> list[str]:
        return ["127.0.0.1:1"]

    def loads(self) -> dict[str, Load]:
        return {"127.0.0.1:1": Load(cpu=0.0, rooms=0, links=0, packets=0, fits=1)}


class NoOffer:
    """A media worker that takes no offer and sees no picture."""

    def create_room(self, room: str, **how: Any) -> int:
        return 1

    def join(self, *anything: Any, **how: Any) -> None:
        raise OfferRefused

    def answer(self, *anything: Any) -> None:
        raise OfferRefused

    def stats(self, room: str) -> list[Any]:
        return []

    def stats_of_all(self) -> dict[str, Any]:
        return {}

    def snapshot(self, room: str) -> None:
        raise NoPicture

    def leave(self, room: str, identity: str) -> None: ...

    def close_room(self, room: str) -> None: ...


class NoJobs:
    def compute_plan(self, plan_id: int) -> None: ...


@pytest.fixture
def visit(town, db, scripts):
    """A video survey under way, so that most operations have something to work on."""
    visit = town.visit()
    surveys.begin(db, visit.survey, by="li", at=utcnow())
    checklists.pin(db, visit.survey, scripts)
    db.commit()
    return visit


@pytest.fixture
def guidance(town, db):
    """A guidance session that is live, with a question."""
    made = GuidanceSession(
        bureau_id=town.bureau.id, title="餐饮许可怎么看现场", presenter_id=town.lead.id,
        starts_at=utcnow(), room="r", token="t" * 43, status=GuidanceStatus.LIVE,
    )  # fmt: skip
    db.add(made)
    db.flush()
    db.add(
        GuidanceQuestion(
            guidance_id=made.id, asker="somebody", text="要几张照片？", text_version="x"
        )
    )
    db.commit()
    return made


@pytest.fixture
def observer(town, visit, db):
    """An observer of the call, and the token of their link."""
    session, _ = town.call(visit)
    made = observing.invite(db, session, name="王红", capacity=Capacity.CITIZEN, hours_after=2)
    db.commit()
    return made


@pytest.fixture
def ids(visit, observer, guidance, town, db, losing):
    """By the names of path parameters."""
    session, _ = town.call(visit)
    notice = Notice(
        bureau_id=town.bureau.id,
        case_id=visit.survey.case_id,
        kind="invitation",
        channel=Channel.SMS,
        to="19900000001",
        subject="",
        body="…",
        status=NoticeStatus.FAILED,
        next_try_at=utcnow(),
    )
    repair = losing(visit)
    db.add_all((notice, repair))
    db.commit()
    return {
        "survey_id": visit.survey_id,
        "case_id": visit.survey.case_id,
        "visit_id": visit.id,
        "session_id": session.id,
        "observer_id": observer[0].id,
        "guidance_id": guidance.id,
        "plan_id": visit.round.plan_id,
        "repair_id": repair.id,
        "expert_id": town.lead.id,
        "notice_id": notice.id,
        "token": town.lead.calendar_token,
    }


@pytest.fixture
def people(town, caller, sign_in_as, visit, guidance, observer):
    """Cookies and CSRF token of somebody an operation is for."""

    def somebody(label: str) -> tuple[dict[str, str], str]:
        ways = [way for one in OPERATIONS[label].definition.raw["security"] for way in one]
        if not ways or ways == ["monitoring"]:
            return {}, ""
        if "viewer" in ways:
            viewer = caller()
            viewer.csrf = viewer.post("/api/v1/watch", {"token": guidance.token}).json["csrf"]
            name = f"yunkan-viewer-{guidance.id}"
            return {name: viewer.client.get_cookie(name).value}, viewer.csrf
        if "observer" in ways:
            seen = caller()
            seen.csrf = seen.post("/api/v1/observe", {"token": observer[1]}).json["csrf"]
            value = seen.client.get_cookie("yunkan-observer").value
            return {"yunkan-observer": value}, seen.csrf
        if "phone" in ways:
            phone = caller(token=town.call(visit)[1])
            return {"yunkan-phone": phone.client.get_cookie("yunkan-phone").value}, phone.csrf
        for role in (Role.EXPERT, Role.COORDINATOR, Role.ADMINISTRATOR):
            if role in ROLES[label]:
                staff = sign_in_as(role)
                return {"yunkan": staff.client.get_cookie("yunkan").value}, staff.csrf
        raise AssertionError(f"nobody may call {label}")

    return somebody
