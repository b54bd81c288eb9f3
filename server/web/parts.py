"""The outside world as the web process holds it: one of each, made by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from server.adapters.calendar import WorkingDays
from server.adapters.files import FileStore
from server.adapters.jobs import Jobs
from server.adapters.media_workers import MediaWorkers
from server.adapters.travel import Travel
from server.config import Settings
from server.services.cameras import Cameras
from server.services.checklists import Scripts
from server.services.pace import Pace
from server.services.planning.offering import HeldPlans
from server.services.presence import Presence
from server.services.stills_asked import StillsAsked
from server.services.watching import Audience


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    files: FileStore
    jobs: Jobs
    media: MediaWorkers
    travel: Travel
    calendar: WorkingDays
    scripts: Scripts
    presence: Presence
    audience: Audience
    cameras: Cameras
    stills_asked: StillsAsked
    quick: Pace
    pointing: Pace
    held_plans: HeldPlans


def parts() -> Parts:
    found: Parts = current_app.extensions["parts"]
    return found
