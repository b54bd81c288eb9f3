"""Bad input gets a clear message in the caller's language and changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from server.errors import SurveyPutOff
from server.models.account import Role, SignIn
from server.models.case import Case, CaseStatus
from server.models.notice import Webhook
from server.web.problems import problem
from server.web.sockets import socketio

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(sign_in_as):
    return sign_in_as(Role.ADMINISTRATOR)


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    told = answer.json
    assert set(told) == {"type", "title", "status", "code", "values", "fields"}
    assert (told["status"], told["code"]) == (status, code)
    assert told["type"] == f"urn:yunkan:problem:{code}"
    assert told["title"]
    assert not told["title"].startswith("problem.")
    return told


@on_one_database
@pytest.mark.parametrize(
    "body",
    ['{"url": ', "", "[]", '"text"', "null", "1e999", '{"url": "http://a", "subjects": [NaN]}'],
)
def test_a_body_that_is_no_json_object_is_refused(desk, db, body):
    answer = desk.post("/api/v1/webhooks", data=body, content_type="application/json")

    is_problem(answer, 400, "bad_payload")
    assert db.scalar(select(func.count()).select_from(Webhook)) == 0


@on_one_database
@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"subjects": ["case"]}, "url"),
        ({"url": 7, "subjects": ["case"]}, "url"),
        ({"url": None, "subjects": ["case"]}, "url"),
        ({"url": "http://a/" + "x" * 600, "subjects": ["case"]}, "url"),
        ({"url": "http://a", "subjects": "case"}, "subjects"),
        ({"url": "http://a", "subjects": []}, "subjects"),
        ({"url": "http://a", "subjects": ["case", "weather"]}, "subjects.1"),
    ],
)
def test_each_field_that_does_not_fit_is_named(desk, db, form, field):
    told = is_problem(desk.post("/api/v1/webhooks", form), 400, "bad_payload")

    assert field in {one["field"].removeprefix("json.") for one in told["fields"]}
    assert all(one["message"] for one in told["fields"])
    assert db.scalar(select(func.count()).select_from(Webhook)) == 0


def test_a_field_nobody_asked_for_changes_nothing(desk, db):
    answer = desk.post(
        "/api/v1/webhooks",
        {"url": "http://a", "subjects": ["case"], "active": False, "bureau_id": 99, "secret": "x"},
    )

    assert answer.status_code == 201
    made = db.scalars(select(Webhook)).one()
    assert (made.active, made.bureau_id) == (True, desk_bureau(desk, db))
    assert made.secret != "x"


def desk_bureau(desk, db):
    return db.scalars(select(SignIn)).one().account.bureau_id


@pytest.mark.parametrize("text", [r"\u0000", r"a\u0000b", r"\ud800"])
def test_characters_no_database_can_hold_are_refused(desk, text):
    answer = desk.post(
        "/api/v1/webhooks",
        data=f'{{"url": "http://a/{text}", "subjects": ["case"]}}',
        content_type="application/json",
    )

    is_problem(answer, 400, "bad_payload")


@pytest.mark.parametrize(
    "query",
    ["status=dead", "limit=0", "limit=201", "limit=x", "district=0", "cursor=!!!", "cursor=W10"],
)
def test_a_query_that_makes_no_sense_is_refused(sign_in_as, query):
    is_problem(sign_in_as(Role.COORDINATOR).get(f"/api/v1/cases?{query}"), 400, "bad_payload")


@on_one_database
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_days_for_a_survey(sign_in_as, town, day):
    desk, survey = sign_in_as(Role.COORDINATOR), town.visit().survey
    days = {"first_day": day, "last_day": day}
    moment = f"{day}T{'00:00:00+14:00' if day < '2000' else '23:59:00-12:00'}"
    wish = {"survey_id": survey.id, "starts_at": moment}
    choice = {"mode": "video", "starts_at": moment}

    for answer in (
        desk.post("/api/v1/plans", days),
        desk.post("/api/v1/repairs", days),
        desk.post(
            "/api/v1/repairs", {"first_day": "2026-11-30", "last_day": "2026-11-30", "wish": wish}
        ),
        desk.post(f"/api/v1/surveys/{survey.id}/appointment", choice),
        desk.post(f"/api/v1/experts/{town.lead.id}/absences", days | {"kind": "sick"}),
        desk.get(f"/api/v1/board?from={day}&to={day}"),
    ):
        is_problem(answer, 400, "bad_payload")


@on_one_database
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/static/../server/app.py", 404, "not_found"),
        ("DELETE", "/api/v1/webhooks/99999999999999999999", 404, "not_found"),
        ("PUT", "/api/v1/webhooks", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/webhooks/2147483647", 404, "not_found"),
    ],
)
def test_what_is_not_there(desk, method, path, status, code):
    is_problem(desk.ask(method, path), status, code)


@on_one_database
def test_a_method_that_is_not_allowed_says_which_are(desk):
    assert "POST" in desk.ask("PUT", "/api/v1/webhooks").headers["Allow"]


@on_one_database
def test_nobody_signed_in_is_told_how_to(caller):
    answer = caller().get("/api/v1/me")

    is_problem(answer, 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == 'Cookie realm="yunkan"'


@on_one_database
@pytest.mark.parametrize(
    ("cookie", "accepts", "title"),
    [
        (None, "", "请先登录"),
        (None, "en-GB,en;q=0.9", "Please sign in first"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "请先登录"),
        (None, "fr", "请先登录"),
        ("en", "zh-CN", "Please sign in first"),
        ("zh", "en", "请先登录"),
        ("xx", "en", "请先登录"),
    ],
)
def test_a_refusal_is_said_in_the_callers_language(caller, cookie, accepts, title):
    reader = caller()
    if cookie:
        reader.client.set_cookie("language", cookie)

    answer = reader.get("/api/v1/me", headers={"Accept-Language": accepts})

    assert answer.json["title"] == title


@on_one_database
def test_a_file_that_is_too_large_is_refused_before_it_is_read(app, sign_in_as):
    app.config["MAX_CONTENT_LENGTH"] = 1000

    answer = sign_in_as(Role.COORDINATOR).post(
        "/api/v1/imports", data=b"x" * 2000, content_type="multipart/form-data; boundary=b"
    )

    is_problem(answer, 413, "too_large")


def test_somebody_else_was_faster_is_a_conflict_not_a_fault(town, sign_in_as, monkeypatch):
    """Between reading and writing, another process moves the same case."""
    visit = town.visit()
    expert, case_id = sign_in_as(Role.EXPERT), visit.survey.case_id
    move = Case.move

    def late(self, to, **words):
        move(self, to, **words)
        set_committed_value(self, "version", 999)  # as if it had been read before their write

    monkeypatch.setattr(Case, "move", late)
    answer = expert.post(f"/api/v1/surveys/{visit.survey_id}/start")

    is_problem(answer, 409, "changed_meanwhile")
    monkeypatch.undo()
    town.db.expire_all()
    assert town.db.get_one(Case, case_id).status is CaseStatus.NOTIFIED


@on_one_database
def test_a_fault_of_ours_says_nothing_of_its_cause(app, sign_in_as, monkeypatch):
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*args, **kwargs):
        raise RuntimeError("the password of the database is hunter2")

    monkeypatch.setattr("server.services.casework.overview", broken)
    answer = sign_in_as(Role.COORDINATOR).get("/api/v1/overview")

    is_problem(answer, 500, "internal")
    assert "hunter2" not in answer.text


@on_one_database
@pytest.mark.parametrize("message", [None, "x", [], {}, {"survey": "1"}, {"survey": True}])
def test_a_socket_message_that_makes_no_sense_is_refused(app, sign_in_as, message):
    desk = sign_in_as(Role.COORDINATOR)
    desk.db.commit()
    socket = socketio.test_client(app, flask_test_client=desk.client)

    assert socket.emit("watch", message, callback=True) == {"code": "not_found"}
    socket.disconnect()


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@on_one_database
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/expert/nowhere", 404, "没有这个页面"),
        ("/api/v1/applicant/record.pdf", 401, "这个链接不能用了。"),
        ("/api/v1/surveys/1/record.pdf", 401, "请先登录"),
    ],
)
def test_who_follows_a_link_in_a_browser_reads_words_and_no_json(caller, path, status, words):
    answer = caller().ask("GET", path, headers=BROWSER)

    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert f"<h1>{words}" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept" in answer.vary
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@on_one_database
def test_what_a_refusal_speaks_of_is_no_markup_on_its_page(app):
    with app.test_request_context("/api/v1/applicant", headers=BROWSER):
        answer = problem(SurveyPutOff("", phone="<b>029</b>", bureau="", bureau_en=""))

    assert "&lt;b&gt;029&lt;/b&gt;" in answer.get_data(as_text=True)
    assert "<b>" not in answer.get_data(as_text=True)


@on_one_database
@pytest.mark.parametrize("accepts", ["*/*", "application/json", ""])
def test_programs_are_answered_in_json_as_before(caller, accepts):
    answer = caller().ask("GET", "/api/v1/me", headers={"Accept": accepts})

    is_problem(answer, 401, "not_signed_in")
