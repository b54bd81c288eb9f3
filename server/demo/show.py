"""Starts everything on one machine: the web, the media worker, the jobs; with a made-up bureau."""

from __future__ import annotations

import secrets
import socket
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspection.checklist.catalogue import load_catalogue
from server.adapters.database import migrate, open_database
from server.clock import local_day, utcnow
from server.config import ROOT, Settings
from server.demo import lan as local_network
from server.demo import town
from server.demo.headless import carry_out
from server.demo.processes import Processes
from server.demo.seed import PASSWORD, SIGN_INS, seed
from server.demo.workbook import workbook_of
from server.models.case import Case

#: Cases in the spreadsheet of the demonstration.
CASES = 40
#: Seconds between two looks at whether a process has died.
WATCH_SECONDS = 1.0
WORKBOOK = "待踏勘办件.xlsx"


def show(*, port: int, headless: bool, lan: bool) -> int:
    """Run until Ctrl+C; with `headless`, until the main job is done. The exit code."""
    with ExitStack() as stack:
        if headless:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yunkan-")))
            port = _free_port()
        else:
            folder = ROOT / "data" / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        network = local_network.prepare(folder, port) if lan else None
        address = network.address if network else f"http://127.0.0.1:{port}"
        media_port = _free_port()
        environment = {
            "YUNKAN_FOLDER": str(folder),
            "YUNKAN_PUBLIC_URL": address,
            "YUNKAN_MEDIA_URL": f"tcp://127.0.0.1:{media_port}",
            "YUNKAN_MEDIA_SECRET": secrets.token_hex(32),
            "YUNKAN_MAPS_FOLDER": str(Path(__file__).parent / "maps"),
        }
        settings = Settings(folder=folder)
        workbook = _prepare(settings)
        (folder / WORKBOOK).write_bytes(workbook)
        processes = stack.enter_context(Processes(folder / "logs", environment))
        processes.start("jobs", "server.worker")
        processes.start("media", "inspection.media.supervisor", "--port", str(media_port))
        processes.start("web", "server.serve", *_web_arguments(port, network))
        processes.wait_for(f"http://127.0.0.1:{port}/api/v1/health", "web")
        if headless:
            return carry_out(address, workbook)
        _welcome(address, folder, network)
        try:
            while True:
                time.sleep(WATCH_SECONDS)
                for name in processes.revive():
                    print(f"{name} ended and was started again; see {processes.log(name).name}")
        except KeyboardInterrupt:
            print("\nStopping …")
            return 0


def _prepare(settings: Settings) -> bytes:
    """Migrate and seed; the spreadsheet to import."""
    migrate(settings.where_database())
    catalogue = load_catalogue(settings.scripts_folder)
    engine = open_database(settings.where_database())
    with Session(engine) as db:
        bureau = seed(db, catalogue, settings.scripts_folder)
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


def _welcome(address: str, folder: Path, network: local_network.Network | None) -> None:
    print(f"\n云勘 Yunkan  {address}")
    if network:
        print(network.words())
    for sign_in in SIGN_INS:
        print(f"  {sign_in.who:28} {sign_in.sign_in_name:14} {PASSWORD}   {address}{sign_in.page}")
    print(f"\n  Import this spreadsheet to begin: {folder / WORKBOOK}")
    print(f"  Messages to applicants, with their links: {folder / 'logs' / 'jobs.log'}")
    print("  Ctrl+C stops everything.\n", flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _web_arguments(port: int, network: local_network.Network | None) -> list[str]:
    arguments = ["--port", str(port)]
    if network:
        arguments += ["--lan", "--certificate", str(network.certificate), "--key", str(network.key)]
    return arguments
