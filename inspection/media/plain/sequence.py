"""Sequence numbers, on their circle of 65,536."""

from __future__ import annotations


def ahead(number: int, of: int) -> int:
    """How far a number is ahead of another; negative when behind."""
    return (number - of + 0x8000 & 0xFFFF) - 0x8000
