"""Starts everything on one machine: web, media workers, jobs; with a made-up bureau."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspection.checklist.catalogue import load_catalogue
from inspection.media.engine import EngineName
from inspection.media.janus.program import JanusMissing
from inspection.media.janus.program import find as find_janus
from inspection.media.tape import can_record
from server.adapters.database import migrate, open_database
from server.clock import local_day, utcnow
from server.config import Settings
from server.demo import lan as local_network
from server.demo import town
from server.demo.chicago import seed_chicago
from server.demo.headless import carry_out
from server.demo.processes import Processes
from server.demo.seed import PASSWORD, SIGN_INS, seed
from server.demo.workbook import workbook_of
from server.models.case import Case

#: Cases in the spreadsheet of the demonstration.
CASES = 40
#: Media workers: one a core, but two at most. A demonstration has a call or two; the second shows
#: that the end of one worker leaves the other's calls alone, and more would only take memory.
MOST_MEDIA_WORKERS = 2
#: Seconds between two looks at whether a process has died.
WATCH_SECONDS = 1.0
WORKBOOK = "待踏勘办件.xlsx"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Everything is up: where, with which spreadsheet to begin."""

    address: str
    folder: Path
    workbook: bytes
    processes: Processes


def show(*, port: int, headless: bool, lan: bool, host: str) -> int:
    """Run until Ctrl+C; with `headless`, until the main job is done. The exit code.

    `host` is where phones reach us with `lan`; empty for the address this machine sends from.
    """
    signal.signal(signal.SIGTERM, _stop)  # a service manager's stop ends our processes too
    if Settings().media_engine is EngineName.JANUS:
        try:
            find_janus()
        except JanusMissing as missing:
            print(missing)
            return 2
    if headless:
        with (
            tempfile.TemporaryDirectory(prefix="yunkan-") as passing,
            demonstration(Path(passing), free_port()) as running,
        ):
            return carry_out(running.address, running.workbook)
    if taken(port):
        print(f"Port {port} is in use, perhaps by another demonstration. Try --port {port + 10}.")
        return 2
    folder = Settings().folder / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    network = local_network.prepare(folder, port, host) if lan else None
    with demonstration(folder, port, network) as running:
        _welcome(running, network)
        try:
            while True:
                time.sleep(WATCH_SECONDS)
                for name in running.processes.revive():
                    print(f"{name} ended and was started again; see its log.")
        except KeyboardInterrupt:
            print("\nStopping …")
    return 0


@contextmanager
def demonstration(
    folder: Path, port: int, network: local_network.Network | None = None
) -> Iterator[Demonstration]:
    """Web, media and jobs on a database of their own under `folder`, until the block ends."""
    media_ports = free_ports(min(os.cpu_count() or 1, MOST_MEDIA_WORKERS))
    address = network.address if network else f"http://127.0.0.1:{port}"
    environment = {
        "YUNKAN_FOLDER": str(folder),
        "YUNKAN_PUBLIC_URL": address,
        "YUNKAN_MEDIA_URL": ",".join(f"tcp://127.0.0.1:{one}" for one in media_ports),
        "YUNKAN_MEDIA_SECRET": secrets.token_hex(32),
        "YUNKAN_MAPS_FOLDER": str(Path(__file__).parent / "maps"),
        "YUNKAN_SECURE_COOKIES": "true" if network else "false",
    }
    workbook = _prepare(Settings(folder=folder))
    (folder / WORKBOOK).write_bytes(workbook)
    with ExitStack() as stack:
        processes = stack.enter_context(Processes(folder / "logs", environment))
        if network:
            stack.enter_context(local_network.trust_page(network))
        processes.start("jobs", "server.worker")
        each = [argument for one in media_ports for argument in ("--port", str(one))]
        recordings = ("--recordings", str(Settings(folder=folder).where_recordings()))
        each += recordings if can_record() else ()
        each += ("--engine", Settings().media_engine)
        processes.start("media", "inspection.media.supervisor", *each)
        processes.start("web", "server.serve", *_web_arguments(port, network))
        processes.wait_for(
            f"{address}/api/v1/health", "web", authority=network.authority if network else None
        )
        yield Demonstration(address, folder, workbook, processes)


def _prepare(settings: Settings) -> bytes:
    """Migrate and seed; the spreadsheet to import."""
    migrate(settings.where_database())
    catalogue = load_catalogue(settings.scripts_folder)
    engine = open_database(settings.where_database())
    with Session(engine) as db:
        bureau = seed(db, catalogue, settings.scripts_folder)
        seed_chicago(db)
        db.commit()
        known = db.scalar(select(func.count()).select_from(Case).where(Case.bureau_id == bureau.id))
    engine.dispose()
    if known:
        print(f"The demonstration of before goes on: {known} cases.")
    codes = [
        entry.item.code
        for entry in catalogue.entries
        if (settings.scripts_folder / f"{entry.key}.toml").is_file()
    ]
    today = local_day(utcnow())
    names = {entry.item.code: entry.item.name.zh for entry in catalogue.entries}
    return workbook_of(town.shops(_first(codes), CASES, today), names, today)


def _first(codes: Sequence[str]) -> list[str]:
    """The restaurant first: its survey is by video, and is the one carried through."""
    return sorted(codes, key=lambda code: code != "0101")


def _welcome(running: Demonstration, network: local_network.Network | None) -> None:
    address, folder = running.address, running.folder
    print(f"\n云勘 Yunkan  {address}")
    if network:
        print(network.words())
    for sign_in in SIGN_INS:
        print(f"  {sign_in.who:28} {sign_in.sign_in_name:14} {PASSWORD}   {address}{sign_in.page}")
    print(f"\n  Import this spreadsheet to begin: {folder / WORKBOOK}")
    print(f"  Messages to applicants, with their links: {folder / 'logs' / 'jobs.log'}")
    print("  Ctrl+C stops everything.\n", flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def taken(port: int) -> bool:
    """Whether somebody on this machine answers at this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """That many at once, so that they differ."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _web_arguments(port: int, network: local_network.Network | None) -> list[str]:
    arguments = ["--port", str(port)]
    if network:
        arguments += ["--lan", "--certificate", str(network.certificate), "--key", str(network.key)]
    return arguments
