"""What somebody may cost: a bucket that fills at a steady rate, up to its burst."""

from __future__ import annotations


class Budget:
    __slots__ = ("_burst", "_filled", "_per_second", "left")

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = self.left = burst
        self._filled = 0.0

    def spend(self, now: float) -> bool:
        """Whether there is still enough for one more, which is then spent."""
        self.fill(now)
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True

    def fill(self, now: float) -> None:
        """Add what has come since. Whoever does so often enough may spend of `left` itself."""
        if self._filled:  # it begins full
            self.left = min(self.left + (now - self._filled) * self._per_second, self._burst)
        self._filled = now
