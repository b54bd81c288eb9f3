"""What is said of a link over the last seconds, however often it is looked at."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from inspection.media.engine import Role
from inspection.media.measuring import Counted, Measurement


@pytest.mark.parametrize("between", [0.25, 0.5, 1.0])
def test_loss_and_bits_a_second_do_not_depend_on_how_often_one_looks(between, monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(
        "inspection.media.measuring.time", SimpleNamespace(monotonic=lambda: clock.now)
    )
    measured = Measurement()

    def go_on(until: float, *, packets: int, lost: int) -> None:
        """So many packets of 100 octets arrive in a second, and so many do not."""
        while clock.now < until:
            clock.now += between
            before = measured.now
            got = before.got + round(packets * between)
            measured.note(
                Counted(got=got, lost=before.lost + round(lost * between), octets_in=100 * got)
            )

    go_on(120.0, packets=1000, lost=0)
    go_on(122.0, packets=400, lost=100)
    links = measured.stats("phone", Role.APPLICANT, silent=0.0)

    assert links.loss == pytest.approx(0.2 * (1 - 0.9**4), abs=0.001)
    assert links.bits_in == pytest.approx(800 * (3 * 1000 + 2 * 400) / 5)
