"""Every setting is explained where it is declared."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import pytest

from server import config
from server.config import Settings

BODY = next(
    node.body
    for node in ast.parse(Path(config.__file__).read_text(encoding="utf-8")).body
    if isinstance(node, ast.ClassDef) and node.name == "Settings"
)


def explained() -> dict[str, str]:
    """By setting, the docstring that follows it."""
    found = {}
    for setting, after in pairwise(BODY):
        if (
            isinstance(setting, ast.AnnAssign)
            and isinstance(setting.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[setting.target.id] = str(after.value.value)
    return found


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_says_what_it_is_for(name):
    assert len(explained().get(name, "")) > 10


def test_a_setting_is_read_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("YUNKAN_FOLDER", str(tmp_path))
    monkeypatch.setenv("YUNKAN_SECURE_COOKIES", "true")

    settings = Settings()

    assert settings.secure_cookies
    assert settings.where_database() == f"sqlite:///{tmp_path / 'yunkan.db'}"
    assert settings.where_files() == (tmp_path / "evidence").as_uri()
    assert settings.where_media() == ["tcp://127.0.0.1:8010"]


def test_several_media_workers_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("YUNKAN_MEDIA_URL", "tcp://127.0.0.1:8010, tcp://127.0.0.1:8011")

    assert Settings().where_media() == ["tcp://127.0.0.1:8010", "tcp://127.0.0.1:8011"]
