"""Our XPath against the vectors of ODK Web Forms."""

from __future__ import annotations

import pytest

from tests.inspection.checklist.xpath.vectors import FILE, vectors

LEAST = 0.97


@pytest.mark.skipif(not FILE.is_file(), reason="the XPath vectors are not here (shared data)")
def test_nearly_all_vectors_of_odk_web_forms_hold():
    judged = vectors()

    differing = [f"{one.file}: {one.expression}" for one in judged if not one.holds()]
    assert len(judged) > 900
    assert 1 - len(differing) / len(judged) >= LEAST, "\n".join(differing)
