"""Chinese and English words for codes: the same files serve the pages and the server."""

from __future__ import annotations

import json
from functools import cache
from typing import Literal

from flask import request

from server.config import ROOT

FOLDER = ROOT / "static" / "shared" / "messages"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
COOKIE = "language"

Language = Literal["zh", "en"]


def language() -> Language:
    """What the caller reads: their choice, else their browser's, else Chinese."""
    chosen = request.cookies.get(COOKIE) or request.accept_languages.best_match(LANGUAGES, "zh")
    return "en" if chosen == "en" else "zh"


def text(code: str, language: Language, **values: object) -> str:
    """The words for a code, blanks filled; the code itself where there are none."""
    words = _catalogue(language).get(code, code)
    for name, value in values.items():
        words = words.replace(f"{{{name}}}", str(value))
    return words


def failure(error: str, language: Language) -> str:
    """Why a notice did not leave, from the code and detail the outbox keeps."""
    code, _, detail = error.partition(" ")
    return text(f"notice.{code}", language, detail=detail) if error else ""


@cache
def _catalogue(language: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(FOLDER.glob(f"*{language}.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found
