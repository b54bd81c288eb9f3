"""The pages: files of static/, with strict headers, in the reader's language and theme."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, redirect, request, send_from_directory
from werkzeug.exceptions import NotFound

from server.config import ROOT
from server.web.access import anyone
from server.web.parts import parts
from server.web.words import language

STATIC = ROOT / "static"
LANG = {"zh": "zh-CN", "en": "en"}
THEMES = ("auto", "light", "dark")
TEXTS = ("normal", "large")
#: A phone asks again after this many seconds whether a module has changed (it sends its ETag).
MODULE_SECONDS = 60

blueprint = Blueprint("pages", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.after_request(_headers)


@blueprint.get("/")
@anyone
def start() -> Response:
    """For everybody: leads to signing in, which leads on by role."""
    return redirect("/sign-in", 303)  # type: ignore[return-value]


@blueprint.get("/sign-in")
@anyone
def sign_in() -> Response:
    """For everybody: the form asks for the password."""
    return _page("sign-in")


@blueprint.get("/coordinator/")
@anyone
def coordinator() -> Response:
    """For everybody: the page is empty until the API answers it."""
    return _page("coordinator")


@blueprint.get("/expert/")
@anyone
def expert() -> Response:
    """For everybody: the page is empty until the API answers it."""
    return _page("expert")


@blueprint.get("/j")
@anyone
def applicant() -> Response:
    """For everybody: opening a link uses nothing up; the token is in the fragment."""
    return _page("applicant")


@blueprint.get("/g")
@anyone
def viewer() -> Response:
    """For everybody: whoever has the link of a guidance session; the token is in the fragment."""
    return _page("viewer")


@blueprint.get("/o")
@anyone
def observer() -> Response:
    """For everybody: opening an observer's link uses nothing up; the token is in the fragment."""
    return _page("observer")


@blueprint.get("/phone-worker.js")
@anyone
def phone_worker() -> Response:
    """For everybody: keeps the phone's page for when there is no network; at the root, because a
    service worker serves only what lies below it."""
    answer = send_from_directory(STATIC, "applicant/worker.js", max_age=0)
    answer.mimetype = "text/javascript"
    return answer


@blueprint.get("/static/<path:name>")
@anyone
def static_file(name: str) -> Response:
    """For everybody: modules, styles, pictures; nothing of any case."""
    answer = send_from_directory(STATIC, name, max_age=MODULE_SECONDS)
    if name.endswith((".js", ".mjs")):
        answer.mimetype = "text/javascript"  # some systems' registries say otherwise
    return answer


def _page(folder: str) -> Response:
    """An index.html whose <html> says language, theme and text size before any script runs."""
    file = STATIC / folder / "index.html"
    if not file.is_file():
        raise NotFound
    return dressed(file.read_text(encoding="utf-8"))


def dressed(text: str) -> Response:
    """A page in the reader's language, light or dark, and size of words."""
    text = text.replace('lang="zh-CN"', f'lang="{LANG[language()]}"', 1)
    for name, allowed in (("theme", THEMES), ("text", TEXTS)):
        chosen = request.cookies.get(name)
        if chosen in allowed:
            text = text.replace(f'data-{name}="{allowed[0]}"', f'data-{name}="{chosen}"', 1)
    answer = Response(text, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    return answer


def _headers(answer: Response) -> Response:
    """Nothing inline, nothing from elsewhere; camera and microphone for our own pages only."""
    host = request.host
    answer.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; "
        f"connect-src 'self' ws://{host} wss://{host}; "
        "img-src 'self' blob: data:; media-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    answer.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self)")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.path.startswith("/api/"):
        answer.headers.setdefault("Cache-Control", "no-store")
    if parts().settings.secure_cookies:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return answer
