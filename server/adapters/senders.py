"""How a message leaves the house: SMS, e-mail, chat, or the console of this machine.

A message whose answer was lost is sent again, and may then arrive twice; its `key` stays the same,
so that whoever is at the other end can tell (RFC 5322, 3.6.4, for e-mail).
"""

from __future__ import annotations

import json
import logging
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import apprise

from server.config import Settings
from server.models.notice import Channel

log = logging.getLogger("yunkan.console")
#: apprise writes recipients, texts and keys into its log: they are heard here and go nowhere else.
_apprise_log = logging.getLogger("apprise")
_apprise_log.propagate = False

SECONDS = 10.0
#: A mail server may think about a message it has been given (RFC 5321, 4.5.3.2.6, says minutes).
TAKING_SECONDS = 30.0
#: One recipient and no more: a comma would add another.
ONE_ADDRESS = re.compile(r'[^\s@,;:<>"()\[\]\\]+@[^\s@,;:<>"()\[\]\\]+')
#: What the other side said is shown on a page: as much as a line holds.
MOST_CHARACTERS = 200
#: Messages that one chat group took and another did not, remembered until all have it.
MOST_HALF_SENT = 1_000


class NotSent(Exception):
    """The message did not leave; the outbox tries again.

    `code` has words in both languages (`notice.CODE`), `detail` is what the other side said.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {' '.join(detail.split())[:MOST_CHARACTERS]}".strip())


class Sender(Protocol):
    """Sends one message or raises `NotSent`; the same `key` means the same message again."""

    def send(self, to: str, subject: str, body: str, *, key: str) -> None: ...


class ConsoleSender:
    """Writes messages to the log of the jobs process: for the demo, or a bureau's first day."""

    def send(self, to: str, subject: str, body: str, *, key: str) -> None:
        log.info("to %s: %s", to, body)


class HttpSmsSender:
    """SMS through the bureau's gateway: POST {"to", "text"} as JSON, any 2xx means taken."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("the SMS gateway's address begins with http:// or https://")
        self._url = url

    def send(self, to: str, subject: str, body: str, *, key: str) -> None:
        _post(self._url, {"to": to, "text": body}, key=key, code="gateway")


class MailSender:
    """E-mail to one person, through the server an apprise address names.

    apprise reads the address; the message is sent here, because apprise would give each try
    another Message-ID, and keeps to itself what the server said.
    """

    def __init__(self, address: str) -> None:
        server: Any = apprise.Apprise.instantiate(address.replace("{to}", "to%40example.org"))
        # apprise loads its 140 services when the first address is read: none is imported here
        if type(server).__name__ != "NotifyEmail":
            raise ValueError("the mail server's address begins with mailto:// or mailtos://")
        self._server = server
        name, self._from = str(server.from_addr[0] or ""), str(server.from_addr[1])
        self._name = "云勘 Yunkan" if name in ("", server.app_id) else name

    def send(self, to: str, subject: str, body: str, *, key: str) -> None:
        if not ONE_ADDRESS.fullmatch(to):
            raise NotSent("bad_recipient")
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self._name, addr_spec=self._from)
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{key}@{self._from.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers it
        message.set_content(body)
        try:
            self._hand_over(to, message.as_bytes())
        except (smtplib.SMTPException, OSError, UnicodeError) as failure:
            said = _said(failure).replace(to, "…")  # the outbox shows no addresses
            raise NotSent("messenger", said) from failure

    def _hand_over(self, to: str, message: bytes) -> None:
        server, port = self._server, int(self._server.port or 0)
        context = ssl.create_default_context()
        if not server.verify_certificate:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if server.secure_mode == "ssl":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.smtp_host, port, timeout=SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.smtp_host, port, timeout=SECONDS)
        try:
            if server.secure_mode == "starttls":
                connection.starttls(context=context)
            if server.user and server.password:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
            if connection.sock is not None:
                connection.sock.settimeout(TAKING_SECONDS)
            connection.sendmail(self._from, [to], message)
        finally:
            connection.close()  # not QUIT: a message that was taken is taken, whatever follows


class ChatSender:
    """Chat groups: each gets the message once, also when another group has to be tried again.

    An http(s) address is a group's robot (`Robot`); any other is apprise's (Teams, Slack, a
    bureau's own json:// …).
    """

    def __init__(self, addresses: list[str]) -> None:
        self._groups = [
            Robot(address) if address.startswith(("http://", "https://")) else AppriseGroup(address)
            for address in addresses
        ]
        self._half_sent: dict[str, set[int]] = {}  # by key, which groups have it; of this process

    def send(self, to: str, subject: str, body: str, *, key: str) -> None:
        have = self._half_sent.setdefault(key, set())
        failures = []
        for number, group in enumerate(self._groups):
            if number in have:
                continue
            try:
                group.send(to, subject, body, key=key)
            except NotSent as failure:
                failures.append(failure)
            else:
                have.add(number)
        if failures:
            while len(self._half_sent) > MOST_HALF_SENT:
                self._half_sent.pop(next(iter(self._half_sent)))
            raise failures[0]
        del self._half_sent[key]


class Robot:
    """The robot of a group at WeCom 企业微信, DingTalk 钉钉 or Feishu 飞书, by its own address.

    They answer 200 to everything and say in the body whether they took it, which apprise does not
    read: a message to a group that no longer exists would count as sent.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._feishu = "/open-apis/bot/" in urlsplit(url).path

    def send(self, to: str, subject: str, body: str, *, key: str) -> None:
        text = f"{subject}\n{body}" if subject else body
        if self._feishu:
            said = {"msg_type": "text", "content": {"text": text}}
        else:
            said = {"msgtype": "text", "text": {"content": text}}
        answer = _post(self._url, said, key=key, code="messenger")
        try:
            told = json.loads(answer)
            code = told["code" if self._feishu else "errcode"]
        except (ValueError, LookupError, TypeError) as nonsense:
            said_instead = answer[:MOST_CHARACTERS].decode("utf-8", "replace")
            raise NotSent("messenger", said_instead or "…") from nonsense
        if code != 0:
            raise NotSent("messenger", f"{code} {told.get('errmsg') or told.get('msg') or ''}")


class AppriseGroup:
    """Any other messenger, by an apprise address."""

    #: Their messages would count as sent whatever they answer, see `Robot`.
    BLIND = ("wecombot", "dingtalk", "feishu", "lark")

    def __init__(self, address: str) -> None:
        if urlsplit(address).scheme in self.BLIND:
            raise ValueError("give a group's robot by its own https:// address")
        messenger = apprise.Apprise.instantiate(address)
        if messenger is None:
            raise ValueError("apprise does not know this address; see its list of services")
        if "format=" not in address:
            messenger.notify_format = apprise.NotifyFormat.TEXT
        messenger.socket_connect_timeout = messenger.socket_read_timeout = SECONDS
        messenger.redirects = False  # as in NoRedirect
        self._messenger = messenger

    def send(self, to: str, subject: str, body: str, *, key: str) -> None:
        with _heard() as said:
            taken = self._messenger.notify(
                body=body, title=subject, body_format=apprise.NotifyFormat.TEXT
            )
        if not taken:
            raise NotSent("messenger", said[-1] if said else "…")


def senders_of(settings: Settings) -> Mapping[Channel, Sender]:
    """A sender for every channel; what is not configured goes to the console.

    Raises:
        ValueError: an address is of no known kind.
    """
    console = ConsoleSender()
    return {
        Channel.SMS: HttpSmsSender(settings.sms_url) if settings.sms_url else console,
        Channel.MAIL: MailSender(settings.mail_url) if settings.mail_url else console,
        Channel.CHAT: ChatSender(settings.notify_urls) if settings.notify_urls else console,
        Channel.CONSOLE: console,
    }


class NoRedirect(HTTPRedirectHandler):
    """An address that sends us elsewhere is not the one the administrator entered.

    Following it would make a POST a GET, and a sign-in page's 200 a message taken.
    """

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _post(url: str, said: Mapping[str, object], *, key: str, code: str) -> bytes:
    """POST JSON; the beginning of what was answered with a 2xx.

    Raises:
        NotSent: with `code`; never with the address, which may hold a key.
    """
    request = Request(
        url,
        data=json.dumps(said, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
        method="POST",
    )
    try:
        with build_opener(NoRedirect).open(request, timeout=SECONDS) as answer:
            taken: bytes = answer.read(4096)
            return taken
    except (HTTPException, OSError) as failure:  # URLError is an OSError
        if isinstance(failure, HTTPError):
            failure.close()  # it is an answer, too, and holds its connection
        raise NotSent(code, str(failure) or type(failure).__name__) from failure


def _said(failure: Exception) -> str:
    """What a mail server answered, or what stood between it and us."""
    answer: tuple[int, bytes | str]
    match failure:
        case smtplib.SMTPRecipientsRefused():
            (answer,) = failure.recipients.values()
        case smtplib.SMTPResponseException():
            answer = failure.smtp_code, failure.smtp_error
        case _:
            return str(failure) or type(failure).__name__
    code, words = answer
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {said}" if code > 0 else f"? {said}"  # smtplib's -1: no number, no mail server


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What apprise has to complain of meanwhile: its answers are only yes and no."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    ear = Ear(logging.WARNING)  # below that it writes down whole messages
    _apprise_log.addHandler(ear)
    try:
        yield said
    finally:
        _apprise_log.removeHandler(ear)
