"""Janus as Debian packages it: its room of videos (plugin videoroom), asked over HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from media_links import Link
from media_servers import Cannot, running, wait_until

PORT = 8188
ADDRESS = f"http://127.0.0.1:{PORT}/janus"
ROOM = 1000

#: Seconds Janus may take for an answer.
ANSWER_SECONDS = 10

#: JANUS_VIDEOROOM_ERROR_NO_SUCH_FEED.
NO_SUCH_FEED = 428

#: Bits a second it asks a publisher for at most: twice what the clip has, so it never slows it.
BITRATE = 2_000_000


@contextmanager
def janus(folder: Path, recordings: Path | None, *, loops: int = 0) -> Iterator[Janus]:
    """`loops`: threads that share all participants; 0, as it comes, for one each."""
    program = shutil.which("janus")
    if program is None:
        raise Cannot("Janus is not installed (Debian: apt-get install janus)")
    log, settings = folder / "janus.log", folder / "janus"
    _configure(settings, loops)
    with running([program, "-F", settings, "-C", settings / "janus.jcfg"], log) as process:
        wait_until(_answers, process, log)
        yield Janus(process.pid, recordings)


def version() -> str:
    """Such as "1.1.2"; empty where Janus is not installed."""
    if not (program := shutil.which("janus")):
        return ""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+\.\d+", said.stdout + said.stderr)
    return found[0] if found else ""


class NoSuchFeed(Cannot):
    """A publisher is connected, and its room has not heard of it yet."""


class Janus:
    """One session with one handle a participant; sessions do not time out (see `_configure`)."""

    def __init__(self, pid: int, recordings: Path | None) -> None:
        self.pid = pid
        self._recordings = recordings
        self._session = ADDRESS
        self._session += f"/{_post(ADDRESS, {'janus': 'create'})['data']['id']}"
        self._asking = asyncio.Lock()  # answers come to the session, whoever asked
        self._feed = 0

    async def publish(self, link: Link) -> None:
        handle = await self._attach()
        room = {"room": ROOM, "bitrate": BITRATE, "videocodec": "vp8", "audiocodec": "opus"}
        if self._recordings:
            room |= {"record": True, "rec_dir": str(self._recordings)}
        await self._ask(handle, {"request": "create", **room})
        offer = {"type": "offer", "sdp": await link.offer("sendrecv")}
        request = {"request": "joinandconfigure", "room": ROOM, "ptype": "publisher"}
        answer = await self._ask(handle, request, offer)
        self._feed = answer["plugindata"]["data"]["id"]
        await link.answered(answer["jsep"]["sdp"])

    async def view(self, link: Link, number: int) -> None:
        """Janus offers what there is to see."""
        handle = await self._attach()
        async with asyncio.timeout(ANSWER_SECONDS):
            offer = await self._offer(handle)
        answer = {"type": "answer", "sdp": await link.answer(offer)}
        await self._ask(handle, {"request": "start"}, answer)

    async def _offer(self, handle: str) -> str:
        request = {"request": "join", "room": ROOM, "ptype": "subscriber"}
        while True:
            with suppress(NoSuchFeed):
                told = await self._ask(handle, {**request, "streams": [{"feed": self._feed}]})
                return str(told["jsep"]["sdp"])
            await asyncio.sleep(0.1)

    async def _attach(self) -> str:
        request = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        answer = await asyncio.to_thread(_post, self._session, request)
        return f"{self._session}/{answer['data']['id']}"

    async def _ask(
        self, handle: str, body: dict[str, Any], description: dict[str, str] | None = None
    ) -> dict[str, Any]:
        request = {"janus": "message", "body": body}
        if description:
            request["jsep"] = description
        async with self._asking:
            return await asyncio.to_thread(self._message, handle, request)

    def _message(self, handle: str, request: dict[str, Any]) -> dict[str, Any]:
        """Some requests are answered at once, some by an event that has to be fetched."""
        transaction = secrets.token_hex(8)
        answer = _post(handle, {**request, "transaction": transaction})
        while answer["janus"] == "ack" or answer.get("transaction") != transaction:
            with urlopen(f"{self._session}?maxev=1", timeout=ANSWER_SECONDS) as got:
                answer = json.load(got)
        said = answer.get("plugindata", {}).get("data", {})
        if "error" in said:
            no_feed = said.get("error_code") == NO_SUCH_FEED
            raise (NoSuchFeed if no_feed else Cannot)(str(said["error"]))
        return answer


def _post(address: str, request: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"transaction": secrets.token_hex(8), **request}).encode()
    with urlopen(Request(address, body), timeout=ANSWER_SECONDS) as got:
        answer: dict[str, Any] = json.load(got)
    if answer["janus"] == "error":
        raise Cannot(str(answer["error"]))
    return answer


def _answers() -> bool:
    try:
        with urlopen(f"{ADDRESS}/info", timeout=1) as got:
            return bool(got.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def _configure(settings: Path, loops: int) -> None:
    """Janus' own defaults, but for what it does not need here, and nothing of this machine."""
    settings.mkdir()
    (settings / "janus.jcfg").write_text(
        "general: { daemonize = false; session_timeout = 0; debug_level = 3; "
        f"event_loops = {loops} }}\n"
        f'plugins: {{ disable = "{_others("plugins", "videoroom")}" }}\n'
        f'transports: {{ disable = "{_others("transports", "http")}" }}\n'
    )
    (settings / "janus.transport.http.jcfg").write_text(
        f'general: {{ json = "compact"; http = true; port = {PORT}; ip = "127.0.0.1" }}\n'
        "admin: { admin_http = false }\n"
    )
    (settings / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


def _others(kind: str, wanted: str) -> str:
    """The libraries of a kind but one, as Janus wants to be told what not to load."""
    found = {path.name for path in Path("/usr/lib").glob(f"*/janus/{kind}/libjanus_*.so")}
    return ",".join(sorted(found - {f"libjanus_{wanted}.so"}))
