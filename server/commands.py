"""What an administrator does at the prompt: `flask --app server.app COMMAND --help`."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from inspection.checklist.check import check_folder
from inspection.checklist.faults import Fault, ScriptRefused
from inspection.checklist.xform import Audience
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.database import migrate as bring_up_to_date
from server.adapters.database import open_database
from server.adapters.files import files_at
from server.adapters.jobs import DurableJobs
from server.adapters.roads import travel_by
from server.adapters.senders import NotSent, senders_of
from server.clock import local_day, utcnow
from server.config import Settings
from server.errors import Refused
from server.models.account import Role
from server.models.bureau import Bureau, District
from server.models.expert import Expert
from server.models.imports import Import
from server.models.notice import Channel
from server.models.round import Plan, PlanStatus
from server.services import accounts, choosing, script_workbooks
from server.services.importing.choices import Choices
from server.services.importing.known import known_to
from server.services.importing.preview import make_preview
from server.services.importing.storing import store
from server.services.planning import computing, drawing
from server.web import calling
from server.web.parts import parts
from server.web.words import LANGUAGES
from server.web.words import failure as failure_in_words

WAIT_SECONDS = 0.5
TEST_SUBJECT = "【云勘】测试消息 A test message"
TEST_WORDS = (
    "【云勘】这是一条测试消息，不用回复。\nThis is a test message of Yunkan; no answer is needed."
)


def init_app(app: Flask) -> None:
    for command in (
        *(migrate, create_account, import_cases, draw_experts, plan, check_draw),
        *(record_calls, move_calls, check_scripts, export_script, import_script),
        export_xform,
        *(send_test, backup, restore),
    ):
        app.cli.add_command(command)


@click.command()
def migrate() -> None:
    """Bring the database to this release's tables. Safe to repeat."""
    bring_up_to_date(Settings().where_database())
    click.echo("The database is up to date.")


@click.command("create-account")
@click.argument("sign_in_name")
@click.option("--bureau", required=True, help="the bureau's code")
@click.option("--name", required=True, help="the person's name, as shown on records")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--district", help="show them one district and what is below it; its code")
@click.option("--badge", help="for an expert: the 执法证号 of the expert it belongs to")
@click.password_option(help="at least 8 characters; asked for when left out")
def create_account(
    sign_in_name: str,
    bureau: str,
    name: str,
    role: str,
    district: str | None,
    badge: str | None,
    password: str,
) -> None:
    """Let somebody sign in.

    Example: create-account zhou --bureau demo --name 周统筹 --role coordinator
    """
    with _database() as db:
        owner = _bureau(db, bureau)
        expert = db.scalar(
            select(Expert).where(Expert.bureau_id == owner.id, Expert.badge == badge)
        )
        if (role == Role.EXPERT) != (expert is not None):
            raise click.ClickException("--badge names an expert, and goes with --role expert only")
        home = db.scalar(
            select(District).where(District.bureau_id == owner.id, District.code == district)
        )
        if district and home is None:
            raise click.ClickException(f"the bureau has no district {district!r}")
        with _refusals():
            accounts.create_account(
                db,
                bureau_id=owner.id,
                sign_in_name=sign_in_name,
                name=name,
                password=password,
                role=Role(role),
                expert_id=expert.id if expert else None,
                district_id=home.id if home else None,
            )
        db.commit()
    click.echo(f"{sign_in_name} can sign in.")


@click.command("import-cases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bureau", required=True, help="the bureau's code")
@click.option("--preset", default="", help="a shipped column preset, for example chicago")
@click.option("--dry-run", is_flag=True, help="say what would happen, store nothing")
def import_cases(file: Path, bureau: str, preset: str, dry_run: bool) -> None:
    """Import a spreadsheet of cases (.xlsx, .xls, .csv). The same file again changes nothing."""
    settings, at = Settings(), utcnow()
    content = file.read_bytes()
    with _database() as db, _refusals():
        owner = _bureau(db, bureau)
        choices, today = Choices.from_json({"preset": preset}), local_day(at)
        known = known_to(db, owner, choices, today=today)
        preview = make_preview(
            content, file_name=file.name, known=known, today=today, choices=choices
        )
        if preview.missing:
            raise click.ClickException(f"no column was found for: {', '.join(preview.missing)}")
        for finding in preview.findings:
            click.echo(f"{finding.cell:>8} {finding.severity:8} {finding.code} {finding.values}")
        for outcome, count in preview.counts().items():
            click.echo(f"{count:8} {outcome}")
        if dry_run:
            return
        batch = Import(
            bureau_id=owner.id,
            file_name=file.name,
            file_sha256=files_at(settings.where_files()).put(content),
            by="administrator",
            columns=choices.as_json(),
        )
        db.add(batch)
        db.flush()
        calendar = StateCouncilCalendar.with_table(settings.folder / "holidays.json")
        store(db, batch, preview, calendar=calendar, by="administrator", at=at)
        db.commit()
        click.echo(f"Import {batch.id}: {batch.rows_new} new, {batch.rows_known} known.")


@click.command("draw-experts")
@click.argument("choice", type=click.Choice(["on", "off"]))
@click.option("--bureau", required=True, help="the bureau's code")
def draw_experts(choice: str, bureau: str) -> None:
    """Draw experts at random among the equals (随机派员), in plans ordered from now on.

    Example: draw-experts on --bureau demo
    """
    with _database() as db:
        owner = _bureau(db, bureau)
        drawing.choose(db, owner, draws=choice == "on", by="administrator", at=utcnow())
        db.commit()
    click.echo(f"Drawing experts is {choice}.")


@click.command("record-calls")
@click.argument("choice", type=click.Choice(["on", "off"]))
@click.option("--bureau", required=True, help="the bureau's code")
def record_calls(choice: str, bureau: str) -> None:
    """Record video surveys (录像): those whose applicants are invited from now on.

    The media supervisor must have been started with --recordings.

    Example: record-calls on --bureau demo
    """
    with _database() as db:
        owner = _bureau(db, bureau)
        choosing.record_calls(db, owner, choice == "on", by="administrator", at=utcnow())
        db.commit()
    click.echo(f"Recording calls is {choice}.")


@click.command("move-calls")
@click.argument("worker")
@click.argument("to")
@with_appcontext
def move_calls(worker: str, to: str) -> None:
    """Give every open call of media worker WORKER to worker TO, of the same engine or the other.

    Both by their control addresses. Whoever is in such a call is back in it within seconds.

    Example: move-calls 127.0.0.1:8010 127.0.0.1:8020
    """
    parts().media.start()
    with _refusals():
        moved = calling.move_calls(worker, to)
    click.echo(f"{moved} calls are at {to} now.")


@click.command("check-draw")
@click.argument("number", type=int)
def check_draw(number: int) -> None:
    """Draw the experts of plan NUMBER again, candidates and all, and say whether they are the same.

    Needs no trust in what the record says of itself: it starts from the plan before the draw.
    """
    with _database() as db, _refusals():
        plan = db.get(Plan, number)
        if plan is None:
            raise click.ClickException(f"there is no plan {number}")
        draw = drawing.one(db, plan)
        if drawing.shown_seed(plan, draw) is None:
            raise click.ClickException(f"plan {number} is still being made")
        if not drawing.holds(plan, draw):
            raise click.ClickException(f"plan {number} was not drawn by its seed")
    click.echo(f"Plan {number} was drawn by its seed, among all who could go.")


@click.command()
@click.option("--bureau", required=True, help="the bureau's code")
@click.option("--days", default=5, show_default=True, help="how many days, from today")
@click.option("--seconds", default=10.0, show_default=True, help="how long to think")
def plan(bureau: str, days: int, seconds: float) -> None:
    """Queue a plan and wait for its draft. The jobs process must be running."""
    settings, at = Settings(), utcnow()
    with _database() as db, _refusals():
        first = local_day(at)
        ordered = computing.order(
            db,
            _bureau(db, bureau),
            first_day=first,
            last_day=first + timedelta(days=days - 1),
            seconds=seconds,
            seed=0,
            by="administrator",
            at=at,
            travel=travel_by(settings.map_url),
            calendar=StateCouncilCalendar.with_table(settings.folder / "holidays.json"),
        )
        db.commit()
        if draw := drawing.find(db, ordered):
            click.echo(f"Experts are drawn by the seed with the SHA-256 {draw.commitment}.")
        jobs = DurableJobs(settings.where_database())
        jobs.compute_plan(ordered.id)
        while ordered.status in (PlanStatus.QUEUED, PlanStatus.RUNNING):
            db.rollback()
            time.sleep(WAIT_SECONDS)
            db.refresh(ordered)
        jobs.close()
        _say(ordered)


def _say(plan: Plan) -> None:
    left = len(plan.result.get("unplanned", [])) + len(plan.no_place)
    click.echo(f"Plan {plan.id} is {plan.status}: {left} surveys left out. {plan.error}".strip())


@click.command("check-scripts")
@click.argument(
    "folder",
    required=False,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
def check_scripts(folder: Path | None) -> None:
    """Check every checklist script; each fault with its file, row and cure."""
    faults = check_folder(folder or Settings().scripts_folder)
    for fault in faults:
        _tell(fault)
    if faults:
        raise click.ClickException(f"{len(faults)} faults")
    click.echo("All scripts are sound.")


@click.command("export-script")
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_script(key: str, file: Path) -> None:
    """Write the checklist script KEY to FILE, an .xlsx that import-script takes back.

    Example: export-script food/small-restaurant small-restaurant.xlsx
    """
    with _refusals(), _script_faults():
        file.write_bytes(script_workbooks.taken_out(Settings().scripts_folder, key))
    click.echo(f"{key} is in {file}.")


@click.command("export-xform")
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--applicant", is_flag=True, help="without what the officer says")
def export_xform(key: str, file: Path, applicant: bool) -> None:
    """Write the checklist script KEY to FILE as an XForm, for ODK Collect, Enketo and others.

    Example: export-xform food/small-restaurant small-restaurant.xml
    """
    audience = Audience.APPLICANT if applicant else Audience.EXPERT
    with _refusals(), _script_faults():
        form = script_workbooks.as_xform(Settings().scripts_folder, key, audience)
        file.write_text(form, encoding="utf-8")
    click.echo(f"{key} is in {file}.")


@click.command("import-script")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("key")
def import_script(file: Path, key: str) -> None:
    """Make the script in FILE, an .xlsx, the one in force for KEY, unless it has faults."""
    with _refusals(), _script_faults():
        script = script_workbooks.put_back(
            Settings().scripts_folder, key, file.read_bytes(), file=file.name
        )
    click.echo(f"{key} is in force as version {script.version}.")


@contextmanager
def _script_faults() -> Iterator[None]:
    try:
        yield
    except ScriptRefused as refused:
        for fault in refused.faults:
            _tell(fault)
        raise click.ClickException(f"{len(refused.faults)} faults") from None


def _tell(fault: Fault) -> None:
    """In Chinese, as whoever writes scripts reads it, and below it in English."""
    click.echo(f"{fault.line('zh')}\n    {fault.line('en')}")


@click.command("send-test")
@click.argument("channel", type=click.Choice([each.value for each in Channel]))
@click.argument("to", default="")
def send_test(channel: str, to: str) -> None:
    """Send one message in both languages over CHANNEL, and say what the other side answered.

    TO is a phone number or an e-mail address; chat needs none, its groups are in the settings.

    Example: send-test mail zhou@bureau.example
    """
    try:
        sender = senders_of(Settings())[Channel(channel)]
        sender.send(to, TEST_SUBJECT, TEST_WORDS, key=uuid.uuid4().hex)
    except NotSent as failure:
        raise click.ClickException(
            "\n".join(failure_in_words(str(failure), each) for each in LANGUAGES)
        ) from failure
    except ValueError as wrong:
        raise click.ClickException(f"the settings do not work: {wrong}") from wrong
    click.echo("It was taken. Has it arrived?")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy database and originals into a new FOLDER, with a list of SHA-256 digests.

    Nothing needs to stop. On PostgreSQL or S3 use pg_dump and the storage's own copies.
    """
    settings = Settings()
    database = _sqlite_file(settings)
    if folder.exists():
        raise click.ClickException(f"{folder} exists already; name a new folder")
    folder.mkdir(parents=True, mode=0o700)  # it holds people's data
    with sqlite3.connect(database) as source, sqlite3.connect(folder / "yunkan.db") as target:
        source.backup(target)
    originals = settings.folder / "evidence"
    if originals.is_dir():
        shutil.copytree(originals, folder / "evidence")
    digests = {
        str(file.relative_to(folder)): _digest(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    made = {"made_at": utcnow().isoformat(), "files": digests}
    (folder / "manifest.json").write_text(json.dumps(made, indent=1) + "\n")
    click.echo(f"{len(digests)} files in {folder}.")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Put a backup back, after checking every digest of it. The place must be empty."""
    settings = Settings()
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, digest in manifest["files"].items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise click.ClickException(f"{name} is missing or has changed; nothing was restored")
    database = _sqlite_file(settings)
    if database.exists():
        raise click.ClickException(f"{database} exists; move it away first")
    settings.folder.mkdir(parents=True, exist_ok=True)
    if (folder / "evidence").is_dir():
        shutil.copytree(folder / "evidence", settings.folder / "evidence", dirs_exist_ok=True)
    shutil.copy2(folder / "yunkan.db", database)
    bring_up_to_date(settings.where_database())
    made = datetime.fromisoformat(manifest["made_at"])
    click.echo(f"Restored the state of {made:%Y-%m-%d %H:%M} UTC.")


def _sqlite_file(settings: Settings) -> Path:
    address = make_url(settings.where_database())
    if address.get_backend_name() != "sqlite" or not address.database or settings.files_url:
        raise click.ClickException("this copies SQLite and a folder; use pg_dump for PostgreSQL")
    return Path(address.database)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _database() -> Session:
    return Session(open_database(Settings().where_database()))


def _bureau(db: Session, code: str) -> Bureau:
    bureau = db.scalar(select(Bureau).where(Bureau.code == code))
    if bureau is None:
        raise click.ClickException(f"no bureau has the code {code!r}")
    return bureau


class _refusals:
    """Turns a refusal into a message at the prompt."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refused):
            raise click.ClickException(f"{error.code}: {error.detail} {error.values}") from error
