"""The pages work in a room without the internet: nothing of ours calls for another host."""

from __future__ import annotations

import re

import pytest

from server.config import ROOT

FILES = [
    file
    for file in (ROOT / "static").rglob("*")
    if file.suffix in (".css", ".html", ".js", ".svg") and "vendor" not in file.parts
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_page_asks_nobody_but_us(file):
    text = file.read_text(encoding="utf-8")

    assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", text)
    assert not re.search(r"@import\s+(?:url\()?['\"](?:https?:)?//", text)
    assert not re.search(r"(?:\bsrc|\bhref)=['\"](?:https?:)?//", text)
    assert not re.search(r"(?:from|import|fetch)\s*\(?\s*['\"`](?:https?:)?//", text)
