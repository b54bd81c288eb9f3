from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.inspection.media.packet_path.peer import PATHS, Call, Desk, Phone


@pytest.fixture(params=PATHS)
def path(request):
    return request.param


@pytest.fixture
def call(path) -> Iterator[Call]:
    call = Call(path)
    yield call
    call.close()


@pytest.fixture
def phone(call) -> Phone:
    return call.phone()


@pytest.fixture
def desk(call, phone) -> Desk:
    """Watches the phone."""
    return call.desk(watching=phone)
