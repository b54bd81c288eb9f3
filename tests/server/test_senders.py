"""E-mail, chat and SMS, sent to real servers on this machine: what arrives, and what does not."""

from __future__ import annotations

import email
import email.policy
import io
import json
import logging
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.adapters import senders
from server.adapters.senders import ChatSender, HttpSmsSender, MailSender, NotSent
from server.models.account import Role
from server.models.bureau import Mode
from server.models.notice import Channel, Notice, NoticeStatus
from server.services.notifying import SEGMENT, invite_applicant
from server.services.outbox import WAITS, deliver_due

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
ADDRESS = "zhang@example.cn"
WORDS = {
    "zh": (
        "【云勘】明天上午看店",
        "张记小炒，11月24日周二10:00视频看店：http://a/j#s<b>&“引号”\n电话029-1",
    ),
    "en": (
        "[Yunkan] A visit tomorrow",
        "Zhang’s, 10:00: http://a/j#s <b>&amp; “quotes”\nCall",
    ),
}
in_both_languages = pytest.mark.parametrize("language", ["zh", "en"])
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Postbox:
    """A mail server's mind: keeps what it takes, refuses whom it is told to, thinks as long."""

    def __init__(self) -> None:
        self.kept: list[email.message.EmailMessage] = []
        self.recipients: list[str] = []
        self.refusal = ""
        self.thinking = threading.Event()
        self.thinking.set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.kept.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        while not self.thinking.is_set():
            await server.loop.run_in_executor(None, self.thinking.wait, 0.05)
        return "250 OK"


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def mail_server(postbox):
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    postbox.thinking.set()
    controller.stop()


@pytest.fixture
def mail(mail_server):
    return MailSender(
        f"mailto://127.0.0.1:{mail_server.port}?from=survey@bureau.example&to={{to}}&name=审批局"
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def notice(town, db):
    def make(channel: Channel, to: str, language: str = "zh") -> Notice:
        subject, body = WORDS[language]
        made = Notice(
            bureau_id=town.bureau.id,
            kind="invitation",
            channel=channel,
            to=to,
            subject=subject,
            body=body,
            next_try_at=NOON,
        )
        db.add(made)
        db.commit()
        return made

    return make


def told(sign_in_as, language: str) -> str:
    """Why the one notice has not left, as the coordinator reads it."""
    desk = sign_in_as(Role.COORDINATOR)
    desk.language = language
    (shown,) = desk.get("/api/v1/notices").json["items"]
    assert ADDRESS not in json.dumps(shown)
    return shown["error"]


# --- e-mail -----------------------------------------------------------------------------------


@in_both_languages
@on_one_database
def test_a_mail_leaves_the_outbox_and_arrives_word_for_word(notice, db, mail, postbox, language):
    sent = notice(Channel.MAIL, ADDRESS, language)

    assert deliver_due(db, {Channel.MAIL: mail}, at=NOON) == 1
    assert deliver_due(db, {Channel.MAIL: mail}, at=NOON + timedelta(days=1)) == 0

    (arrived,) = postbox.kept
    assert postbox.recipients == [ADDRESS]
    assert arrived["subject"] == WORDS[language][0]
    assert arrived.get_content_type() == "text/plain"
    assert arrived.get_content().replace("\r\n", "\n").strip() == WORDS[language][1]
    assert str(arrived["from"]) == "审批局 <survey@bureau.example>"
    assert arrived["to"] == ADDRESS
    assert arrived["auto-submitted"] == "auto-generated"
    assert (sent.status, sent.body, sent.error) == (NoticeStatus.SENT, "", "")


@on_one_database
@pytest.mark.parametrize("mode", [Mode.VIDEO, Mode.ON_SITE])
def test_an_invitation_says_whom_to_phone_in_one_segment_before_its_link(town, db, mode):
    """The applicant's page says so, too: where a link is dead, phone the number in the message."""
    visit = town.visit(mode=mode, minutes=120)
    visit.survey.case.premises.name = "名字很长的连锁餐饮管理有限责任公司凤城五路" * 2

    words, _, _ = invite_applicant(
        db, visit, link_url="https://a.example/j", at=NOON
    ).body.partition("http")

    assert f"电话{town.bureau.phone}" in words
    assert len(words) <= SEGMENT


@on_one_database
def test_a_real_invitation_is_read_by_mail_as_it_is_by_sms(town, db, mail, postbox):
    invited = invite_applicant(
        db, town.visit(), link_url="https://a.example/j#" + "A" * 43, at=NOON
    )
    invited.channel, invited.to, text = Channel.MAIL, ADDRESS, invited.body
    db.commit()

    deliver_due(db, {Channel.MAIL: mail}, at=NOON)

    assert postbox.kept[0].get_content().strip() == text
    assert "https://a.example/j#" + "A" * 43 in text


@on_one_database
def test_a_refused_recipient_is_shown_in_the_servers_words_and_tried_again(
    notice, db, mail, postbox, sign_in_as
):
    sent = notice(Channel.MAIL, ADDRESS)
    postbox.refusal = f"550 5.1.1 <{ADDRESS}>: no such mailbox"

    deliver_due(db, {Channel.MAIL: mail}, at=NOON)

    assert sent.status is NoticeStatus.WAITING
    said = "550 5.1.1 <…>: no such mailbox"
    assert told(sign_in_as, "zh") == f"邮件或群消息服务没有收下（{said}）"
    assert told(sign_in_as, "en") == f"The mail or chat service did not take it ({said})"
    postbox.refusal = ""
    deliver_due(db, {Channel.MAIL: mail}, at=NOON + WAITS[0])
    assert len(postbox.kept) == 1
    assert sent.status is NoticeStatus.SENT


@on_one_database
def test_a_mail_server_that_is_away_loses_nothing(notice, db, postbox):
    port = free_port()
    mail = MailSender(f"mailto://127.0.0.1:{port}?from=survey@bureau.example")
    sent = notice(Channel.MAIL, ADDRESS)
    deliver_due(db, {Channel.MAIL: mail}, at=NOON)
    assert "refused" in sent.error

    back = Controller(postbox, hostname="127.0.0.1", port=port)
    back.start()
    try:
        deliver_due(db, {Channel.MAIL: mail}, at=NOON + WAITS[0])
    finally:
        back.stop()

    assert [one["subject"] for one in postbox.kept] == [WORDS["zh"][0]]
    assert sent.status is NoticeStatus.SENT


@on_one_database
def test_a_mail_whose_answer_was_lost_comes_again_as_the_same_message(
    notice, db, mail, postbox, monkeypatch
):
    """The server took it but said so too late: mailboxes drop a second copy by its Message-ID."""
    sent = notice(Channel.MAIL, ADDRESS)
    monkeypatch.setattr(senders, "TAKING_SECONDS", 0.2)
    postbox.thinking.clear()
    deliver_due(db, {Channel.MAIL: mail}, at=NOON)
    assert sent.status is NoticeStatus.WAITING
    assert "timed out" in sent.error

    postbox.thinking.set()
    deliver_due(db, {Channel.MAIL: mail}, at=NOON + WAITS[0])

    assert sent.status is NoticeStatus.SENT
    assert len(postbox.kept) == 2
    assert len({one["message-id"] for one in postbox.kept}) == 1


def test_two_mails_are_two_messages(mail, postbox):
    for key in ("1", "2"):
        mail.send(ADDRESS, "s", "x", key=key)

    assert len({one["message-id"] for one in postbox.kept}) == 2


@contextmanager
def speaking(*lines: bytes):
    """Something at a port that says these lines, one for each that it hears, and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        caller, _ = listener.accept()
        with caller, caller.makefile("rwb") as wire:
            for line in lines:
                wire.write(line + b"\r\n")
                wire.flush()
                while line.startswith(b"354") and wire.readline() not in (b".\r\n", b""):
                    continue
                if not line.startswith(b"354"):
                    wire.readline()

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        yield listener.getsockname()[1]
    finally:
        speaker.join(5)
        listener.close()


MANNERS = (b"220 hello", b"250 at your service", b"250 from", b"250 to", b"354 go on")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((b"HTTP/1.1 400 Bad Request", b""), "Bad Request"),
        ((b"220 hello", b"\xff\xfe\x00", b"\x00\x01"), "."),
        ((*MANNERS, b"banana"), "na"),
        ((*MANNERS, b"451 try later"), "451 try later"),
        ((*MANNERS,), "closed"),
        ((b"421 too busy",), "421 too busy"),
    ],
    ids=["no mail server", "noise", "nonsense at the end", "not now", "hangs up", "busy"],
)
def test_a_garbled_answer_is_no_mail_sent(lines, said):
    with (
        speaking(*lines) as port,
        pytest.raises(NotSent, match=f"messenger .*{said}"),
    ):
        MailSender(f"mailto://127.0.0.1:{port}?from=a@bureau.example").send(
            ADDRESS, "s", "x", key="1"
        )


def test_a_mail_that_was_taken_is_taken_whatever_follows():
    with speaking(*MANNERS, b"250 taken", b"nonsense instead of a farewell") as port:
        MailSender(f"mailto://127.0.0.1:{port}?from=a@bureau.example").send(
            ADDRESS, "s", "x", key="1"
        )


@pytest.mark.parametrize(
    "to", ["", "19900000001", "a@b.cn,c@d.cn", "a@b.cn\nBcc: c@d.cn", "A <a@b.cn>", "a b@c.cn"]
)
def test_a_mail_goes_to_one_address_or_nowhere(mail, postbox, to):
    with pytest.raises(NotSent, match="bad_recipient"):
        mail.send(to, "s", "x", key="1")

    assert postbox.kept == []


def test_a_sign_in_goes_over_an_encrypted_line_only(postbox, tmp_path):
    signed_in = []

    def authenticate(server, session, envelope, mechanism, data):
        signed_in.append((mechanism, data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=certificate_for(tmp_path),
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    controller.start()
    address = f"mailtos://survey:secret@127.0.0.1:{controller.port}?from=survey@bureau.example"
    try:
        with pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
            MailSender(address).send(ADDRESS, "s", "x", key="1")
        assert signed_in == []

        MailSender(f"{address}&verify=no").send(ADDRESS, "s", "x", key="1")
    finally:
        controller.stop()

    assert [(login, password) for _, login, password in signed_in] == [(b"survey", b"secret")]
    assert len(postbox.kept) == 1


def certificate_for(folder) -> ssl.SSLContext:
    """A certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


# --- chat -------------------------------------------------------------------------------------


@in_both_languages
@on_one_database
def test_a_group_behind_apprise_gets_the_words_as_they_are(notice, db, gateway, language):
    sent = notice(Channel.CHAT, "", language)

    deliver_due(
        db, {Channel.CHAT: ChatSender([f"json://127.0.0.1:{gateway.server_port}/g"])}, at=NOON
    )

    (call,) = gateway.calls
    said = json.loads(call.body)
    assert (said["title"], said["message"]) == WORDS[language]
    assert sent.status is NoticeStatus.SENT


@in_both_languages
@pytest.mark.parametrize(
    ("path", "taken", "text"),
    [
        ("/cgi-bin/webhook/send?key=k", {"errcode": 0, "errmsg": "ok"}, ("text", "content")),
        ("/robot/send?access_token=k", {"errcode": 0, "errmsg": "ok"}, ("text", "content")),
        ("/open-apis/bot/v2/hook/k", {"code": 0, "msg": "success"}, ("content", "text")),
    ],
    ids=["WeCom", "DingTalk", "Feishu"],
)
def test_a_robot_says_the_words_in_its_group(gateway, language, path, taken, text):
    gateway.answer = json.dumps(taken).encode()
    subject, body = WORDS[language]

    ChatSender([gateway.url + path]).send("", subject, body, key="1")

    (call,) = gateway.calls
    said = json.loads(call.body)
    outer, inner = text
    assert said[outer][inner] == f"{subject}\n{body}"
    assert said["msg_type" if "open-apis" in path else "msgtype"] == "text"


@on_one_database
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "93000 invalid webhook url"),
        (b'{"errcode": 45009, "errmsg": "api freq out of limit"}', "45009 api freq out of limit"),
        ("<html>登录</html>".encode(), "<html>登录</html>"),
        (b"", "…"),
        (b"[]", "[]"),
        (b"{}", "{}"),
        (b"\xff\xfe", "��"),
    ],
)
def test_a_robot_that_answers_200_but_did_not_take_it_is_tried_again(
    notice, db, gateway, sign_in_as, answer, said
):
    sent = notice(Channel.CHAT, "")
    group = ChatSender([f"{gateway.url}/cgi-bin/webhook/send?key=secret"])
    gateway.answer = answer
    deliver_due(db, {Channel.CHAT: group}, at=NOON)
    assert sent.status is NoticeStatus.WAITING
    assert told(sign_in_as, "zh") == f"邮件或群消息服务没有收下（{said}）"

    gateway.answer = b'{"errcode": 0}'
    deliver_due(db, {Channel.CHAT: group}, at=NOON + WAITS[0])

    assert sent.status is NoticeStatus.SENT


def test_a_group_that_has_it_is_left_alone_while_another_is_tried_again(gateway):
    away = free_port()
    groups = ChatSender([f"json://127.0.0.1:{gateway.server_port}/one", f"json://127.0.0.1:{away}"])
    for _ in range(3):
        with pytest.raises(NotSent, match="messenger"):
            groups.send("", "s", "x", key="1")
    assert len(gateway.calls) == 1

    with pytest.raises(NotSent):
        groups.send("", "s", "another", key="2")

    assert len(gateway.calls) == 2


@pytest.mark.parametrize("status", [302, 403, 429, 500])
@pytest.mark.parametrize("scheme", ["json", "http"])
def test_what_a_group_refuses_is_not_sent_and_no_key_is_shown(gateway, scheme, status):
    gateway.status, gateway.location = status, "/elsewhere"
    group = ChatSender([f"{scheme}://127.0.0.1:{gateway.server_port}/hook?key=secret"])

    with pytest.raises(NotSent, match=str(status)) as refused:
        group.send("", "s", "x", key="1")

    assert "secret" not in str(refused.value)
    assert len(gateway.calls) == 1  # no redirect was followed


@pytest.mark.parametrize("scheme", ["json", "http"])
def test_a_slow_group_is_not_waited_for(gateway, monkeypatch, scheme):
    monkeypatch.setattr(senders, "SECONDS", 0.2)
    gateway.seconds = 0.6
    group = ChatSender([f"{scheme}://127.0.0.1:{gateway.server_port}/hook?key=secret"])

    with pytest.raises(NotSent, match=r"messenger .") as refused:
        group.send("", "s", "x", key="1")

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["wecombot://key", "dingtalk://token", "feishu://token"])
def test_an_address_whose_answer_nobody_would_read_is_refused_at_the_start(address):
    with pytest.raises(ValueError, match="https://"):
        ChatSender([address])


@pytest.mark.parametrize("address", ["", "nonsense", "gopher://x"])
def test_an_address_of_no_known_kind_is_refused_at_the_start(address):
    with pytest.raises(ValueError, match="address"):
        ChatSender([address])
    with pytest.raises(ValueError, match="mailto"):
        MailSender(address)


def test_neither_words_nor_recipients_are_written_to_the_log_of_the_process(mail, gateway):
    written = io.StringIO()
    root, before = logging.getLogger(), logging.getLogger().level
    handler = logging.StreamHandler(written)  # as the jobs process has one
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        mail.send(ADDRESS, "s", "the link", key="1")
        ChatSender([f"json://127.0.0.1:{gateway.server_port}"]).send("", "s", "the link", key="1")
    finally:
        root.removeHandler(handler)
        root.setLevel(before)

    # the mail server of the test runs in this process, and writes down what it hears
    ours = [line for line in written.getvalue().splitlines() if "127.0.0.1'" not in line]
    assert "Sent" not in written.getvalue()
    assert not [line for line in ours if "the link" in line or ADDRESS in line]


# --- SMS --------------------------------------------------------------------------------------


def test_a_gateway_that_sends_us_elsewhere_has_not_taken_it(gateway):
    gateway.status, gateway.location = 302, "/sign-in"

    with pytest.raises(NotSent, match=r"gateway .*302"):
        HttpSmsSender(gateway.url).send("19900000001", "", "x", key="1")


@on_one_database
def test_every_try_of_a_message_carries_the_same_key_and_no_two_messages_share_one(
    notice, db, gateway
):
    gateway.status = 503
    sms = {Channel.SMS: HttpSmsSender(gateway.url)}
    for _ in range(2):
        notice(Channel.SMS, "19900000001")
    for at in (NOON, NOON + WAITS[0]):
        deliver_due(db, sms, at=at)

    one, other, one_again, other_again = [call.headers["Idempotency-Key"] for call in gateway.calls]
    assert (one, other) == (one_again, other_again)
    assert one != other
