"""What somebody may cost: a bucket that fills at a steady rate, up to its burst."""

from __future__ import annotations


class Budget:
    __slots__ = ("_burst", "_filled", "_left", "_per_second")

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = self._left = burst
        self._filled = 0.0

    def spend(self, now: float) -> bool:
        """Whether there is still enough for one more, which is then spent."""
        if now > self._filled:
            left = self._left + (now - self._filled) * self._per_second
            self._left = left if left < self._burst else self._burst
            self._filled = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
