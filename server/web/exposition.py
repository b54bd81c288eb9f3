"""Figures as Prometheus reads them: its text format, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Metric:
    """One name, in base units (seconds, a fraction, bits); `help` says of what."""

    name: str
    help: str
    kind: Literal["gauge", "counter"] = "gauge"


def exposed(figures: Iterable[tuple[Metric, Iterable[Sample]]]) -> str:
    """Each metric with its samples: by which labels, what value."""
    lines: list[str] = []
    for metric, samples in figures:
        lines.append(f"# HELP {metric.name} {metric.help}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        lines += [f"{metric.name}{_braced(labels)} {value:.12g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _braced(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
