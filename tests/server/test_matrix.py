"""Who may do what: every route and every Socket.IO event, asked by everybody.

What a caller may do follows from the guard of the route and from `ROUTES`, which says of every
route whose thing it is about. A route or an event that is not listed here fails.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.adapters import media
from server.adapters.database import open_database
from server.app import create_app
from server.clock import local_day, utcnow
from server.config import Settings
from server.models.account import Role
from server.models.bureau import Mode
from server.models.checklist import ScriptVersion
from server.models.draw import Draw
from server.models.drawing import Drawing
from server.models.evidence import EvidenceSource
from server.models.expert import Absence, AbsenceKind, Recusal
from server.models.guidance import (
    GuidanceQuestion,
    GuidanceSession,
    GuidanceStatus,
    GuidanceStretch,
)
from server.models.notice import Channel, Notice, NoticeStatus, Webhook
from server.models.observer import Capacity
from server.models.publication import ScriptPublication
from server.models.recording import JoinedRecording, JoinStatus, RecordedStretch, Side
from server.models.retention import Disposal, RecordingHold
from server.services import checklists, evidence, observing, sessions, surveys
from server.web.sockets import EVENTS, socketio

POINT = "address_matches"
COOKIES = ("yunkan", "yunkan-phone", "yunkan-observer")
STROKES = [[[0.1, 0.2], [0.3, 0.4]]]
TODAY = local_day(utcnow()).isoformat()
TOMORROW = (local_day(utcnow()) + timedelta(days=1)).isoformat()

#: Who asks. The crew is 李敏, who carries out the surveys of applicants A and B.
WHO = (
    "anonymous",
    "applicant A",
    "applicant B",
    "revoked link",
    "viewer",
    "observer",
    "the crew",
    "expert of another district",
    "coordinator",
    "coordinator of another district",
    "coordinator of another bureau",
    "supervisor",
    "supervisor of another district",
    "supervisor of another bureau",
    "administrator",
    "administrator of another district",
    "administrator of another bureau",
)
ROLES = {
    "the crew": Role.EXPERT,
    "expert of another district": Role.EXPERT,
    "coordinator": Role.COORDINATOR,
    "coordinator of another district": Role.COORDINATOR,
    "coordinator of another bureau": Role.COORDINATOR,
    "supervisor": Role.SUPERVISOR,
    "supervisor of another district": Role.SUPERVISOR,
    "supervisor of another bureau": Role.SUPERVISOR,
    "administrator": Role.ADMINISTRATOR,
    "administrator of another district": Role.ADMINISTRATOR,
    "administrator of another bureau": Role.ADMINISTRATOR,
}
ELSEWHERE = {name for name in WHO if name.endswith("another bureau")}
#: Nothing that tells A's shop from others may reach these, whatever they ask for.
NOT_ABOUT_A = ELSEWHERE | {
    "anonymous",
    "applicant B",
    "revoked link",
    "viewer",
    "expert of another district",
    "coordinator of another district",
    "supervisor of another district",
    "administrator",
    "administrator of another district",
}

#: Whose thing a route is about, and who of those its guard lets in may therefore not see it.
NOBODYS: set[str] = set()  # no thing is named in the address: lists show what is the caller's
OF_THE_BUREAU = ELSEWHERE
OF_THE_DISTRICT = OF_THE_BUREAU | {
    name for name in WHO if name.endswith("another district") and not name.startswith("expert")
}
OF_THE_CREW = OF_THE_DISTRICT | {"expert of another district"}


@dataclass(frozen=True)
class Asked:
    """One route as the test asks it: with things of A's case, and a body it can read."""

    hidden_from: set[str] = field(default_factory=set)
    json: Any = None
    form: Any = None


def photo(data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    return {"file": (io.BytesIO(data), "a.jpg"), "sha256": digest, "point": POINT}


ROUTES: dict[str, Asked] = {
    "pages.start": Asked(NOBODYS),
    "pages.sign_in": Asked(NOBODYS),
    "pages.coordinator": Asked(NOBODYS),
    "pages.expert": Asked(NOBODYS),
    "pages.applicant": Asked(NOBODYS),
    "pages.viewer": Asked(NOBODYS),
    "pages.phone_worker": Asked(NOBODYS),
    "pages.observer": Asked(NOBODYS),
    "pages.static_file": Asked(NOBODYS),
    "openapi.spec": Asked(NOBODYS),
    "integration.health": Asked(NOBODYS),
    "accounts.sign_in": Asked(NOBODYS, json={"sign_in_name": "nobody", "password": "x"}),
    "accounts.sign_out": Asked(NOBODYS),
    "accounts.me": Asked(NOBODYS),
    # the applicant's phone: its cookie names its own case, no address does
    "applicant_call.join": Asked(NOBODYS, json={"token": "x" * 43}),
    "applicant_call.show_invitation": Asked(NOBODYS),
    "applicant_call.consent": Asked(NOBODYS, json={"choice": "agreed"}),
    "applicant_call.join_media": Asked(NOBODYS, json={"sdp": "v=0"}),
    "applicant_call.answer_media": Asked(NOBODYS, json={"sdp": "v=0", "ticket": "x"}),
    "applicant_call.show_own_evidence": Asked(NOBODYS),
    "applicant_call.add_photo": Asked(NOBODYS, form=photo),
    "applicant_call.show_frozen": Asked(NOBODYS),
    "applicant_call.sign": Asked(NOBODYS, json={"name": "张桂兰", "strokes": STROKES}),
    "applicant_call.show_record": Asked(NOBODYS),
    # the expert's day, call and sheet
    "expert_day.show_day": Asked(NOBODYS),
    "expert_surveys.show_survey": Asked(OF_THE_CREW),
    "expert_surveys.start_survey": Asked(OF_THE_CREW),
    "expert_surveys.show_history": Asked(OF_THE_CREW),
    "expert_record.show_draft": Asked(OF_THE_CREW),
    "expert_record.word_record": Asked(OF_THE_CREW, json={"text": "如上"}),
    "recordings.show_recording": Asked(OF_THE_CREW),
    "recordings.play": Asked(OF_THE_CREW),
    "recordings_joined.list_joined": Asked(OF_THE_CREW),
    "recordings_joined.order": Asked(OF_THE_DISTRICT),
    "recordings_joined.stop": Asked(OF_THE_DISTRICT),
    "recordings_joined.take_away": Asked(OF_THE_CREW),
    # how long recordings are kept
    "retention.list_due": Asked(NOBODYS),
    "retention.show_kept": Asked(OF_THE_DISTRICT),
    "retention.hold": Asked(OF_THE_DISTRICT, json={"reason": "申诉"}),
    "retention.lift_hold": Asked(OF_THE_DISTRICT),
    "retention.list_disposals": Asked(NOBODYS),
    "retention.show_disposal": Asked(OF_THE_DISTRICT),
    "retention.propose": Asked(OF_THE_DISTRICT, json={"case_ids": [1]}),  # A's
    "retention.confirm": Asked(OF_THE_DISTRICT),
    "retention.withdraw": Asked(OF_THE_DISTRICT),
    # a bureau's scripts
    "scripts.list_scripts": Asked(NOBODYS),
    "scripts.show_script": Asked(OF_THE_BUREAU),
    "scripts.take_workbook": Asked(OF_THE_BUREAU),
    "scripts.upload": Asked(
        OF_THE_BUREAU, form=lambda _: {"file": (io.BytesIO(b"no workbook"), "a.xlsx")}
    ),
    "scripts.confirm": Asked(OF_THE_BUREAU, json={"sha256": "0" * 64, "note": "查过"}),
    "scripts.propose": Asked(OF_THE_BUREAU),
    "scripts.publish": Asked(OF_THE_BUREAU, json={"first_day": TOMORROW}),
    "scripts.withdraw": Asked(OF_THE_BUREAU),
    "choices.show_choices": Asked(NOBODYS),
    "choices.choose": Asked(NOBODYS, json={"recordings_kept_months": 36}),
    "expert_surveys.answer_point": Asked(OF_THE_CREW, json={"point": POINT, "value": "pass"}),
    "expert_surveys.sign_survey": Asked(
        OF_THE_CREW, json={"role": "lead", "name": "李敏", "strokes": STROKES}
    ),
    "expert_surveys.give_verdict": Asked(OF_THE_CREW, json={"finding": "pass"}),
    "expert_surveys.nobody_there": Asked(OF_THE_CREW, json={"note": "no answer"}),
    "expert_surveys.show_record": Asked(OF_THE_CREW),
    "expert_evidence.add_evidence": Asked(OF_THE_CREW, form=photo),
    "expert_evidence.withdraw_still": Asked(OF_THE_CREW),
    "expert_evidence.take_still": Asked(OF_THE_CREW, json={"point": POINT, "source": "phone"}),
    "expert_evidence.remove_evidence": Asked(OF_THE_CREW),
    "expert_evidence.show_evidence": Asked(OF_THE_CREW),
    "expert_call.join_media": Asked(OF_THE_CREW, json={"sdp": "v=0"}),
    "expert_call.answer_media": Asked(OF_THE_CREW, json={"sdp": "v=0", "ticket": "x"}),
    "expert_call.show_point": Asked(OF_THE_CREW, json={"point": POINT}),
    "expert_call.end_session": Asked(OF_THE_CREW),
    "expert_picture.work_camera": Asked(OF_THE_CREW, json={"request": "1", "what": "torch"}),
    "expert_drawing.freeze": Asked(OF_THE_CREW, json={"number": 1}),
    "expert_drawing.add_stroke": Asked(
        OF_THE_CREW, json={"kind": "arrow", "places": [[0, 0], [1, 1]]}
    ),
    "expert_drawing.take_back_stroke": Asked(OF_THE_CREW),
    "expert_drawing.close": Asked(OF_THE_CREW, json={"keep": True}),
    "expert_drawing.show_drawing": Asked(OF_THE_CREW),
    # the coordinator's desk
    "coordinator_capacity.show_capacity": Asked(NOBODYS),
    "coordinator_cases.overview": Asked(NOBODYS),
    "coordinator_cases.list_cases": Asked(NOBODYS),
    "coordinator_cases.show_case": Asked(OF_THE_DISTRICT),
    "coordinator_cases.order_recheck": Asked(OF_THE_DISTRICT),
    "coordinator_cases.withdraw_case": Asked(OF_THE_DISTRICT, json={"note": "x"}),
    "coordinator_cases.list_item_types": Asked(NOBODYS),
    "coordinator_cases.list_districts": Asked(NOBODYS),
    "coordinator_cases.list_experts": Asked(NOBODYS),
    "coordinator_imports.upload": Asked(
        NOBODYS, form=lambda _: {"file": (io.BytesIO("办件编号,店名\n1,x\n".encode()), "a.csv")}
    ),
    "coordinator_imports.list_imports": Asked(NOBODYS),
    "coordinator_imports.show_import": Asked(OF_THE_DISTRICT),
    "coordinator_imports.choose": Asked(OF_THE_DISTRICT, json={"skip": [2]}),
    "coordinator_imports.commit": Asked(OF_THE_DISTRICT),
    "coordinator_imports.undo_import": Asked(OF_THE_DISTRICT),
    "coordinator_imports.returned_rows": Asked(OF_THE_DISTRICT),
    "coordinator_plans.order_plan": Asked(
        NOBODYS, json={"first_day": TODAY, "last_day": TOMORROW, "seconds": 1}
    ),
    "coordinator_plans.list_plans": Asked(NOBODYS),
    "coordinator_plans.show_plan": Asked(OF_THE_DISTRICT),
    "coordinator_plans.cancel_plan": Asked(OF_THE_DISTRICT),
    "coordinator_draws.show_draw": Asked(OF_THE_DISTRICT),
    "coordinator_ways_in.list_ways_in": Asked(OF_THE_DISTRICT),
    "coordinator_plans.publish_plan": Asked(OF_THE_DISTRICT),
    "coordinator_plans.discard_plan": Asked(OF_THE_DISTRICT),
    "coordinator_plans.board": Asked(NOBODYS),
    "coordinator_plans.board_map": Asked(NOBODYS),
    "coordinator_repairs.propose_repair": Asked(
        NOBODYS, json={"first_day": TODAY, "last_day": TOMORROW}
    ),
    "coordinator_repairs.show_repair": Asked(OF_THE_DISTRICT),
    "coordinator_repairs.accept_repair": Asked(OF_THE_DISTRICT),
    "coordinator_repairs.discard_repair": Asked(OF_THE_DISTRICT),
    "coordinator_offers.list_offers": Asked(OF_THE_DISTRICT),
    "coordinator_offers.make_appointment": Asked(
        OF_THE_DISTRICT, json={"mode": "video", "starts_at": f"{TOMORROW}T02:00:00Z"}
    ),
    "coordinator_leave.record_leave": Asked(
        OF_THE_DISTRICT, json={"kind": "sick", "first_day": TODAY, "last_day": TODAY}
    ),
    "coordinator_leave.take_leave_back": Asked(OF_THE_DISTRICT),
    "coordinator_recusals.list_recusals": Asked(OF_THE_DISTRICT),
    "coordinator_recusals.record_recusal": Asked(
        OF_THE_DISTRICT, json={"expert_id": 2, "reason": "亲属"}
    ),
    "coordinator_recusals.withdraw_recusal": Asked(OF_THE_DISTRICT),
    "coordinator_recusals.send_another_crew": Asked(OF_THE_DISTRICT),
    "coordinator_links.make_link": Asked(OF_THE_DISTRICT),
    "coordinator_links.revoke_link": Asked(OF_THE_DISTRICT),
    # observers of A's call
    "coordinator_observers.list_observers": Asked(OF_THE_DISTRICT),
    "coordinator_observers.invite_observer": Asked(
        OF_THE_DISTRICT, json={"name": "王红", "capacity": "citizen"}
    ),
    "coordinator_observers.withdraw_observer": Asked(OF_THE_DISTRICT),
    "applicant_call.agree_to_observer": Asked({"applicant B"}),
    "applicant_call.refuse_observer": Asked({"applicant B"}),
    "observe.enter": Asked(NOBODYS, json={"token": "x" * 43}),
    "observe.show_observed": Asked(NOBODYS),
    "observe.join_media": Asked(NOBODYS, json={"sdp": "v=0"}),
    "observe.answer_media": Asked(NOBODYS, json={"sdp": "v=0", "ticket": "x"}),
    # guidance: 李敏 presents
    "guidance.list_guidance": Asked(NOBODYS),
    "guidance.announce": Asked(
        OF_THE_DISTRICT,  # whose experts 李敏 is not one of
        json={"title": "开店须知", "presenter": 1, "starts_at": f"{TOMORROW}T02:00:00Z"},
    ),
    "guidance.show": Asked(OF_THE_CREW),
    "guidance.show_code": Asked(OF_THE_CREW),
    "guidance.close": Asked(OF_THE_DISTRICT),
    "guidance.start": Asked(OF_THE_CREW),
    "guidance.join_media": Asked(OF_THE_CREW, json={"sdp": "v=0"}),
    "guidance.answer_media": Asked(OF_THE_CREW, json={"sdp": "v=0", "ticket": "x"}),
    "guidance.end": Asked(OF_THE_CREW),
    "guidance.put_question": Asked(OF_THE_CREW, json={"status": "answering"}),
    # who watches: at another session's address they are nobody, which test_guidance tries
    "watch.enter": Asked(NOBODYS, json={"token": "x" * 43}),
    "watch.show_watched": Asked(NOBODYS),
    "watch.join_media": Asked(NOBODYS, json={"sdp": "v=0"}),
    "watch.answer_media": Asked(NOBODYS, json={"sdp": "v=0", "ticket": "x"}),
    "watch.ask": Asked(NOBODYS, json={"text": "要几张照片？", "agreed_to": "x"}),
    "watch.replay": Asked(NOBODYS),
    # other systems
    "integration.list_notices": Asked(NOBODYS),
    "integration.retry_notice": Asked(OF_THE_DISTRICT),
    "integration.list_webhooks": Asked(NOBODYS),
    "integration.add_webhook": Asked(
        NOBODYS, json={"url": "http://10.0.0.1", "subjects": ["case"]}
    ),
    "integration.stop_webhook": Asked(OF_THE_BUREAU),
    "integration.calendar": Asked(NOBODYS),
    "metrics.show_metrics": Asked(NOBODYS),
}

OPEN_TO_WHOEVER_KNOWS = {"integration.calendar"}

#: By event, what is sent, and from whom A's survey is hidden although the guard lets them in.
SOCKET_EVENTS: dict[str, tuple[str, set[str]]] = {
    "watch": ("survey", OF_THE_CREW),
    "beat": ("session", OF_THE_CREW),
    "camera": ("session", NOBODYS),  # the phone's cookie names its call
    "frozen.seen": ("session", NOBODYS),
    "point": ("session", OF_THE_CREW),
    "follow": ("guidance", OF_THE_CREW),
}
#: What else some of them say.
SAID: dict[str, dict[str, Any]] = {
    "beat": {"quality": "good"},
    "frozen.seen": {"drawing": 1, "seen": True},
    "point": {"step": "begin", "x": 0.5, "y": 0.5, "shape": 1},
}


def _rules() -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(folder=Path(folder), database_url="sqlite://"))
        return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods)))


@dataclass
class Scene:
    """The town with everything a route can name, put back as it was after every question."""

    app: Any
    ids: dict[str, Any]
    marks: tuple[str, ...]
    cookies: dict[str, dict[str, str]]
    csrf: dict[str, str]
    jpeg: bytes
    file: Path
    kept: Path

    def client(self, who: str) -> Any:
        """Their browser, with the cookies it was given at the start."""
        client = self.app.test_client()
        for name, value in self.cookies[who].items():
            client.set_cookie(name, value)
        return client

    def put_back(self) -> None:
        self.app.extensions["engine"].dispose()
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)


@pytest.fixture(scope="module")
def scene(sqlite_template, tmp_path_factory, new_town, new_caller, jpeg, losing):
    folder = tmp_path_factory.mktemp("matrix")
    file = folder / "yunkan.db"
    shutil.copyfile(sqlite_template, file)
    app = create_app(
        Settings(folder=folder, database_url=f"sqlite:///{file}", maps_folder=folder / "maps")
    )
    engine = open_database(f"sqlite:///{file}")
    with Session(engine) as db, pytest.MonkeyPatch.context() as patience:
        # nobody runs a media worker here: the app shall say so at once
        patience.setattr(media, "JOIN_SECONDS", 0.01)
        patience.setattr(media, "OTHER_SECONDS", 0.01)
        patience.setattr(media, "SNAPSHOT_SECONDS", 0.01)
        made = _furnish(app, db, new_town, new_caller, jpeg, file, losing)
        db.close()
        engine.dispose()
        app.extensions["engine"].dispose()
        shutil.copyfile(file, made.kept)
        yield made
    app.extensions["engine"].dispose()
    app.extensions["parts"].jobs.close()


def _furnish(app, db, new_town, new_caller, jpeg, file, losing):
    town, other = new_town(db), new_town(db, code="baoji")
    parts = app.extensions["parts"]
    a = town.visit(town.case(name="甲记小炒"))
    b = town.visit(town.case(name="乙记面馆"))
    revoked = town.visit(town.case(name="丙记烧烤"), lead=town.second)
    other.visit(mode=Mode.ON_SITE)
    session, token_a = town.call(a)
    _, token_b = town.call(b)
    closed, token_revoked = town.call(revoked)
    for visit in (a, b):
        surveys.begin(db, visit.survey, by="李敏", at=utcnow())
        checklists.pin(db, visit.survey, parts.scripts)
        db.flush()
    piece = evidence.keep(
        db,
        parts.files,
        a.survey,
        evidence.Photo(jpeg, hashlib.sha256(jpeg).hexdigest(), POINT, EvidenceSource.OFFICER, None),
        point_label="地址",
        officer="李敏",
        by="李敏",
        at=utcnow(),
    )
    notice = Notice(
        bureau_id=town.bureau.id,
        case_id=a.survey.case_id,
        kind="result",
        channel=Channel.SMS,
        to=a.survey.case.applicant.phone,
        subject="",
        body="甲记小炒",
        status=NoticeStatus.FAILED,
        next_try_at=utcnow(),
    )
    webhook = Webhook(
        bureau_id=town.bureau.id, url="http://10.0.0.2", secret="s", subjects=["case"]
    )
    absence = Absence(
        expert_id=town.lead.id,
        kind=AbsenceKind.LEAVE,
        starts_at=utcnow() + timedelta(days=60),
        ends_at=utcnow() + timedelta(days=61),
    )
    recusal = Recusal(
        bureau_id=town.bureau.id, expert_id=town.lead.id, applicant_id=a.survey.case.applicant_id,
        reason="亲属", by="zhou", at=utcnow(),
    )  # fmt: skip
    db.add_all((notice, webhook, absence, recusal))
    guidance = GuidanceSession(
        bureau_id=town.bureau.id, title="餐饮许可怎么看现场", presenter_id=town.lead.id,
        starts_at=utcnow(), room="r", token="t" * 43, status=GuidanceStatus.LIVE,
    )  # fmt: skip
    db.add(guidance)
    db.flush()
    question = GuidanceQuestion(
        guidance_id=guidance.id, asker="somebody", text="要几张照片？", text_version="x"
    )
    replay = GuidanceStretch(
        guidance_id=guidance.id, identity="expert-1", name="000001.mkv",
        sha256=app.extensions["parts"].files.put(b"a film"), bytes=6, starts_at=utcnow(),
        seconds=8.0, width=1280, height=720, broke_off="",
    )  # fmt: skip
    db.add_all((question, replay))
    repair = losing(a)
    stretch = RecordedStretch(
        bureau_id=town.bureau.id, survey_id=a.survey_id, session_id=session.id,
        side=Side.APPLICANT, identity="applicant-1", name="000001.mkv",
        sha256=app.extensions["parts"].files.put(b"a film"), bytes=6, starts_at=utcnow(),
        seconds=8.0, width=1280, height=720, broke_off="",
    )  # fmt: skip
    joined = JoinedRecording(
        bureau_id=town.bureau.id, survey_id=a.survey_id, session_id=session.id,
        side=Side.APPLICANT, identity="applicant-1", status=JoinStatus.READY, kind="webm",
        sha256=stretch.sha256, bytes=6, starts_at=utcnow(), seconds=8.0,
    )  # fmt: skip
    hold = RecordingHold(
        bureau_id=town.bureau.id, case_id=a.survey.case_id, reason="申诉", by="zhou", at=utcnow()
    )
    disposal = Disposal(
        bureau_id=town.bureau.id, case_id=a.survey.case_id, months=36, closed_at=utcnow(),
        proposed_by="zhou", proposed_at=utcnow(),
    )  # fmt: skip
    drawing = Drawing(
        bureau_id=town.bureau.id, survey_id=a.survey_id, session_id=session.id, evidence=piece,
        by="limin", shown_at=utcnow(), closed_at=utcnow(), view_sha256=piece.view_sha256,
        thumbnail_sha256=piece.thumbnail_sha256,
    )  # fmt: skip
    draw = Draw(plan_id=a.round.plan_id, commitment="0" * 64, seed="1" * 64)
    publication = ScriptPublication(
        bureau_id=town.bureau.id, script="food/small-restaurant", file="a.xlsx",
        script_version_id=db.scalars(select(ScriptVersion.id)).first(), uploaded_by="zhou",
        uploaded_at=utcnow(),
    )  # fmt: skip
    db.add_all((hold, disposal, drawing, stretch, joined, repair, draw, publication))
    db.commit()

    people = {
        "the crew": town.account(Role.EXPERT, expert=town.lead),
        "expert of another district": town.account(Role.EXPERT, expert=town.stranger),
        "coordinator": town.account(Role.COORDINATOR),
        "coordinator of another district": town.account(Role.COORDINATOR, district=town.yanta),
        "coordinator of another bureau": other.account(Role.COORDINATOR),
        "supervisor": town.account(Role.SUPERVISOR),
        "supervisor of another district": town.account(Role.SUPERVISOR, district=town.yanta),
        "supervisor of another bureau": other.account(Role.SUPERVISOR),
        "administrator": town.account(Role.ADMINISTRATOR),
        "administrator of another district": town.account(Role.ADMINISTRATOR, district=town.yanta),
        "administrator of another bureau": other.account(Role.ADMINISTRATOR),
    }
    made = {who: new_caller(app.test_client(), db) for who in WHO}
    for who, account in people.items():
        form = {"sign_in_name": account.sign_in_name, "password": "correct horse"}
        made[who].csrf = made[who].post("/api/v1/sign-in", form).json["csrf"]
    for who, token in (
        ("applicant A", token_a),
        ("applicant B", token_b),
        ("revoked link", token_revoked),
    ):
        made[who].csrf = made[who].post("/api/v1/join", {"token": token}).json["csrf"]
    seen, token = observing.invite(
        db, session, name="王红", capacity=Capacity.CITIZEN, hours_after=2
    )
    db.commit()
    made["observer"].csrf = made["observer"].post("/api/v1/observe", {"token": token}).json["csrf"]
    watching = {"token": guidance.token}
    made["viewer"].csrf = made["viewer"].post("/api/v1/watch", watching).json["csrf"]
    sessions.revoke_links(db, closed, at=utcnow())
    db.commit()
    table = "办件编号,店名,事项,地址,受理日期\nA-1,甲记小炒,0101,未央区文景路 1 号,2026-11-20\n"
    upload = made["coordinator"].post(
        "/api/v1/imports", data={"file": (io.BytesIO(table.encode()), "甲.csv")}
    )
    assert upload.status_code == 201, upload.text
    ids = {
        "case_id": a.survey.case_id,
        "survey_id": a.survey_id,
        "survey": a.survey_id,
        "visit_id": a.id,
        "session_id": session.id,
        "session": session.id,
        "plan_id": a.round.plan_id,
        "repair_id": repair.id,
        "expert_id": town.lead.id,
        "absence_id": absence.id,
        "recusal_id": recusal.id,
        "import_id": upload.json["id"],
        "notice_id": notice.id,
        "webhook_id": webhook.id,
        "evidence_id": piece.id,
        "stretch_id": stretch.id,
        "drawing_id": drawing.id,
        "size": "view",
        "observer_id": seen.id,
        "guidance_id": guidance.id,
        "guidance": guidance.id,
        "question_id": question.id,
        "replay_id": replay.id,
        "joined_id": joined.id,
        "disposal_id": disposal.id,
        "item_id": a.survey.case.item_type_id,
        "publication_id": publication.id,
        "number": piece.number,
        "request": "0" * 16,
        "kind": "original",
        "token": town.lead.calendar_token,
        "name": "shared/base.css",
    }
    case = a.survey.case
    marks = ("甲记小炒", case.applicant.identifier, case.applicant.phone)
    return Scene(
        app=app,
        ids=ids,
        marks=marks,
        cookies={
            who: {
                name: cookie.value
                for name in (*COOKIES, f"yunkan-viewer-{guidance.id}")
                if (cookie := caller.client.get_cookie(name)) is not None
            }
            for who, caller in made.items()
        },
        csrf={who: caller.csrf for who, caller in made.items()},
        jpeg=jpeg,
        file=file,
        kept=file.with_name("kept.db"),
    )


def refusal(guard: Any, hidden_from: set[str], who: str) -> int | None:
    """The status a caller is refused with; None for those the route is for."""
    if guard.monitoring:
        return 403  # whoever they are: they ask from another machine, and have no token
    if guard.public:
        return None
    if guard.applicant and who in ("applicant A", "applicant B"):
        return 404 if who in hidden_from else None
    if (guard.viewer and who == "viewer") or (guard.observer and who == "observer"):
        return None
    if who not in ROLES or not guard.roles:
        return 401
    if ROLES[who] not in guard.roles:
        return 403
    if guard.whole_bureau and who.endswith("another district"):
        return 403
    return 404 if who in hidden_from else None


@pytest.mark.parametrize(
    ("rule", "method"),
    [
        pytest.param(rule, method, id=f"{method} {rule.rule}")
        for rule in _rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ],
)
def test_a_route_answers_those_it_is_for_and_nobody_else(scene, rule, method):
    asked = ROUTES.get(rule.endpoint)
    assert asked is not None, f"say in ROUTES whose {rule.endpoint} is"
    guard = scene.app.view_functions[rule.endpoint].guard
    with scene.app.test_request_context():
        address = scene.app.url_map.bind("localhost").build(
            rule.endpoint, {name: scene.ids[name] for name in rule.arguments}, method=method
        )
    for who in WHO:
        body: dict[str, Any] = {}
        if asked.form is not None:
            body["data"] = asked.form(scene.jpeg)
        elif method != "GET":
            body["json"] = asked.json if asked.json is not None else {}
        answer = scene.client(who).open(
            address,
            method=method,
            headers={"X-CSRF-Token": scene.csrf[who]},
            environ_base={"REMOTE_ADDR": "10.0.0.7"},
            **body,
        )
        text = answer.get_data().decode(errors="replace")
        answer.close()
        if method != "GET":
            scene.put_back()

        wanted = refusal(guard, asked.hidden_from, who)
        if wanted is None:
            assert answer.status_code not in (403, 404, 405, 500), (who, text)
            assert answer.status_code != 401 or rule.endpoint == "accounts.sign_in", (who, text)
        else:
            assert answer.status_code == wanted, (who, text)
            assert answer.mimetype == "application/problem+json", who
        if who in NOT_ABOUT_A - _may_hear_of_a(rule.endpoint):
            assert not [mark for mark in scene.marks if mark in text], (who, text)


def _may_hear_of_a(endpoint: str) -> set[str]:
    return set(WHO) if endpoint in OPEN_TO_WHOEVER_KNOWS else set()


def test_a_write_without_the_token_of_our_pages_is_refused_to_everybody_who_has_a_cookie(scene):
    rules = [rule for rule in _rules() if rule.methods & {"POST", "PATCH", "DELETE"}]
    own_doors = {"accounts.sign_in", "applicant_call.join", "watch.enter", "observe.enter"}
    for rule in rules:
        values = {name: scene.ids[name] for name in rule.arguments}
        for method in rule.methods & {"POST", "PATCH", "DELETE"}:
            address = scene.app.url_map.bind("localhost").build(
                rule.endpoint, values, method=method
            )
            for who in ("the crew", "coordinator", "applicant A", "viewer", "observer"):
                answer = scene.client(who).open(address, method=method, json={})
                refused = answer.status_code == 403 and answer.json["code"] == "bad_csrf"
                if who == "viewer" and answer.status_code == 401:
                    refused = True  # their cookie is looked at where their session is named alone
                assert refused or rule.endpoint in own_doors, (who, method, address)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_heard_from_those_it_is_for_and_nobody_else(scene, event):
    assert event in SOCKET_EVENTS, f"say in SOCKET_EVENTS whose {event} is"
    names, hidden_from = SOCKET_EVENTS[event]
    for who in WHO:
        socket = socketio.test_client(scene.app, flask_test_client=scene.client(who))
        if who in ("anonymous", "revoked link", "viewer", "observer"):
            assert not socket.is_connected(), who
            continue
        message = {names: scene.ids[names], **SAID.get(event, {})}
        heard = socket.emit(event, message, callback=True)
        wanted = refusal(EVENTS[event], hidden_from, who)
        codes = {None: "ok", 401: "not_signed_in", 403: "not_yours", 404: "not_found"}
        assert heard["code"] == codes[wanted], who
        socket.disconnect()
    scene.put_back()


def test_who_signs_out_is_no_longer_heard_on_an_open_socket(scene):
    socket = socketio.test_client(scene.app, flask_test_client=scene.client("coordinator"))
    watch = {"survey": scene.ids["survey"]}
    assert socket.emit("watch", watch, callback=True) == {"code": "ok"}
    answer = scene.client("coordinator").post(
        "/api/v1/sign-out", headers={"X-CSRF-Token": scene.csrf["coordinator"]}
    )

    assert answer.status_code == 204
    assert socket.emit("watch", watch, callback=True) == {"code": "not_signed_in"}
    socket.disconnect()
    scene.put_back()
