"""Figures in the words of Prometheus."""

from __future__ import annotations

from server.web.exposition import Metric, exposed


def test_a_figure_stands_under_its_name_with_its_labels():
    text = exposed(
        [(Metric("one", "What it is."), [({"of": 'a "b"\\\n'}, 0.25), ({"of": "c"}, 3)])]
    )

    assert text.splitlines() == [
        "# HELP one What it is.",
        "# TYPE one gauge",
        'one{of="a \\"b\\"\\\\\\n"} 0.25',
        'one{of="c"} 3',
    ]


def test_a_large_count_is_told_to_the_last_packet():
    assert "one{} 1234567891\n" in exposed([(Metric("one", "Many."), [({}, 1_234_567_891)])])
