"""The numbers of a stream that were jumped over and have not come yet."""

from __future__ import annotations

#: More at once is not loss but another beginning: a new key picture is cheaper.
MOST = 300

#: Seconds. Older numbers have no use: whoever watches has gone on without them. But where it takes
#: long for one to come, each is waited for three times as long.
LONGEST = 1.0
TIMES = 3


class Missing:
    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        #: since when, and when to ask for it next; ascending on their circle
        self._numbers: dict[int, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def jumped_over(self, first: int, count: int, now: float) -> bool:
        """False if there are too many; then none is asked for."""
        if len(self._numbers) + count > MOST:
            self._numbers.clear()
            return False
        for number in range(first, first + count):
            self._numbers[number & 0xFFFF] = (now, now)
        return True

    def came(self, sequence: int) -> bool:
        """Whether it was missing."""
        return self._numbers.pop(sequence, None) is not None

    def forget(self) -> None:
        self._numbers.clear()

    def due(self, now: float, wait: float) -> tuple[list[int], float | None]:
        """Those to ask for now, each again after `wait` seconds, then twice as often: a browser
        heeds no request within the round trip as it knows it. And since when the newest of those
        was missing that grew too old.
        """
        numbers = self._numbers
        longest = max(LONGEST, TIMES * wait)
        old = [number for number, (since, _) in numbers.items() if now - since > longest]
        gave_up = max((numbers.pop(number)[0] for number in old), default=None)
        due = [number for number, (_, after) in numbers.items() if after <= now]
        for number in due:
            since, after = numbers[number]
            numbers[number] = (since, now + (wait if after == since else wait / 2))
        return due, gave_up
