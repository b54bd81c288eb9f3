"""How a message leaves the house: SMS, e-mail, chat, or the console of this machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http.client import HTTPException
from typing import Protocol
from urllib.request import Request, urlopen

import apprise

from server.config import Settings
from server.models.notice import Channel

log = logging.getLogger("yunkan.console")

SECONDS = 10.0


class NotSent(Exception):
    """The message did not leave; the outbox tries again.

    `code` has words in both languages (`notice.CODE`), `detail` is what the other side said.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())


class Sender(Protocol):
    """Sends one message or raises `NotSent`."""

    def send(self, to: str, subject: str, body: str) -> None: ...


class ConsoleSender:
    """Writes messages to the log of the jobs process: for the demo, or a bureau's first day."""

    def send(self, to: str, subject: str, body: str) -> None:
        log.info("to %s: %s", to, body)


class AppriseSender:
    """E-mail and chat groups (WeCom, DingTalk, Feishu …), by apprise's addresses.

    For e-mail the recipient is put in place of `{to}`.
    """

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses

    def send(self, to: str, subject: str, body: str) -> None:
        messenger = apprise.Apprise()
        for address in self._addresses:
            if not messenger.add(address.replace("{to}", to)):
                raise NotSent("bad_address")
        if not messenger.notify(title=subject, body=body):
            raise NotSent("messenger")


class HttpSmsSender:
    """SMS through the bureau's gateway: POST {"to", "text"} as JSON, any 2xx means taken."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("the SMS gateway's address begins with http:// or https://")
        self._url = url

    def send(self, to: str, subject: str, body: str) -> None:
        request = Request(
            self._url,
            data=json.dumps({"to": to, "text": body}, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urlopen(request, timeout=SECONDS):
                return
        except (HTTPException, OSError) as failure:  # URLError is an OSError
            raise NotSent("gateway", str(failure) or type(failure).__name__) from failure


def senders_of(settings: Settings) -> Mapping[Channel, Sender]:
    """A sender for every channel; what is not configured goes to the console."""
    console = ConsoleSender()
    return {
        Channel.SMS: HttpSmsSender(settings.sms_url) if settings.sms_url else console,
        Channel.MAIL: AppriseSender([settings.mail_url]) if settings.mail_url else console,
        Channel.CHAT: AppriseSender(settings.notify_urls) if settings.notify_urls else console,
        Channel.CONSOLE: console,
    }
