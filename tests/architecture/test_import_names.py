"""Our three packages have everyday names; nothing else installed may claim them."""

from __future__ import annotations

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["server", "inspection", "scheduler"])
def test_no_other_distribution_owns_our_import_names(name):
    assert set(packages_distributions().get(name, [])) <= {"yunkan"}


@pytest.mark.parametrize("name", ["server", "inspection", "scheduler"])
def test_what_is_imported_is_this_working_copy(name):
    assert Path(__import__(name).__path__[0]) == ROOT / name
