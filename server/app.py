"""The application. `create_app` is the one place where the parts are put together."""

from __future__ import annotations

import threading
from typing import Any

from apiflask import APIFlask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from server import commands
from server.adapters.calendar import StateCouncilCalendar
from server.adapters.database import open_database
from server.adapters.files import files_at
from server.adapters.jobs import DurableJobs
from server.adapters.media_workers import MediaWorkers
from server.adapters.roads import travel_by
from server.config import Settings
from server.services.cameras import Cameras
from server.services.checklists import Scripts
from server.services.pace import Pace
from server.services.planning.offering import HeldPlans
from server.services.presence import Presence
from server.services.stills_asked import StillsAsked
from server.services.watching import Audience
from server.web import (
    accounts,
    callers,
    choices,
    door,
    guidance,
    idempotency,
    integration,
    metrics,
    openapi,
    pages,
    problems,
    recordings,
    recordings_joined,
    retention,
)
from server.web.access import anyone
from server.web.applicant import call as applicant_call
from server.web.calling import notice_new_worker, notice_seats, watch_disks
from server.web.coordinator import (
    capacity,
    cases,
    draws,
    imports,
    leave,
    links,
    observers,
    offers,
    plans,
    recusals,
    repairs,
    scripts,
    ways_in,
)
from server.web.db import db
from server.web.expert import call as expert_call
from server.web.expert import day, drawing, evidence, picture, record, surveys
from server.web.observer import watch as observe
from server.web.parts import Parts
from server.web.sockets import listen_for_silence, socketio
from server.web.viewer import watch

BLUEPRINTS = (
    accounts.blueprint,
    integration.blueprint,
    metrics.blueprint,
    cases.blueprint,
    imports.blueprint,
    scripts.blueprint,
    plans.blueprint,
    repairs.blueprint,
    leave.blueprint,
    recusals.blueprint,
    draws.blueprint,
    capacity.blueprint,
    ways_in.blueprint,
    offers.blueprint,
    links.blueprint,
    observers.blueprint,
    recordings.blueprint,
    recordings_joined.blueprint,
    retention.blueprint,
    choices.blueprint,
    guidance.blueprint,
    watch.blueprint,
    observe.blueprint,
    day.blueprint,
    surveys.blueprint,
    record.blueprint,
    evidence.blueprint,
    picture.blueprint,
    drawing.blueprint,
    expert_call.blueprint,
    applicant_call.blueprint,
)

#: A photo of 25 MB in its form, with room to spare; spreadsheets are bounded by their own rule.
MOST_BYTES = 60 * 1024 * 1024

#: What an expert does to a live picture with one key, held down or not: eight times in two seconds.
MOST_QUICK, QUICK_SECONDS = 8, 2.0

#: Places an expert may point at: a page says eight a second, and one more when it lets go.
MOST_POINTED, POINTED_SECONDS = 24, 2.0


def create_app(settings: Settings | None = None) -> APIFlask:
    """The web process: pages, API and Socket.IO. Starts no thread and opens no connection yet."""
    settings = settings or Settings()
    app = with_routes()
    equip(app, settings, open_database(settings.where_database()))
    return app


def with_routes() -> APIFlask:
    """What is the same for every bureau: whom it answers, and how. It knows no database yet."""
    app = APIFlask(
        "server",
        title="Yunkan 云勘",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]
    )
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        OPENAPI_VERSION="3.1.0",
        VALIDATION_ERROR_STATUS_CODE=400,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
    )
    db.init_app(app)
    problems.init_app(app)
    door.init_app(app)
    callers.init_app(app)
    idempotency.init_app(app)
    pages.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    describe = app.view_functions["openapi.spec"]
    app.view_functions["openapi.spec"] = anyone(describe)  # how to ask, nothing of any case
    openapi.init_app(app)
    commands.init_app(app)
    return app


def equip(app: APIFlask, settings: Settings, engine: Engine) -> None:
    """Give the application what is one bureau's: its database, its files, its media workers."""
    db.use(app, engine)
    travel = travel_by(settings.map_url)
    calendar = StateCouncilCalendar.with_table(settings.folder / "holidays.json")
    app.extensions["parts"] = Parts(
        settings=settings,
        files=files_at(settings.where_files()),
        jobs=DurableJobs(settings.where_database()),
        media=MediaWorkers(
            settings.where_media(),
            settings.media_secret.get_secret_value(),
            on_epoch=lambda worker, epoch: notice_new_worker(app, worker, epoch),
            on_event=lambda worker, event: notice_seats(app, worker, event),
        ),
        travel=travel,
        calendar=calendar,
        scripts=Scripts(settings.scripts_folder),
        presence=Presence(),
        audience=Audience(),
        cameras=Cameras(),
        stills_asked=StillsAsked(),
        quick=Pace(most=MOST_QUICK, seconds=QUICK_SECONDS),
        pointing=Pace(most=MOST_POINTED, seconds=POINTED_SECONDS),
        held_plans=HeldPlans(lambda: Session(db.reading(app)), travel, calendar),
    )

    def own_origin(origin: str, environ: dict[str, Any]) -> bool:
        with app.app_context():
            return callers.is_ours(origin, environ)

    socketio.init_app(
        app,
        async_mode="threading",
        message_queue=settings.redis_url or None,
        cors_allowed_origins=own_origin,
        manage_session=False,
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )


def start_threads(app: APIFlask) -> None:
    """What a serving process does besides answering: the lines to the media workers, listening."""
    app.extensions["parts"].media.start()
    threading.Thread(target=listen_for_silence, args=(app,), name="silence", daemon=True).start()
    threading.Thread(target=watch_disks, args=(app,), name="disks", daemon=True).start()
