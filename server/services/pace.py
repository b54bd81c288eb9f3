"""How often somebody may do a thing that is quick to do: pointing, working a camera."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.errors import TooMany

#: Whose times are remembered; beyond it those that are quiet are forgotten.
MOST_PEOPLE = 4096


@dataclass
class Pace:
    """At most `most` times in `seconds`, each. Counts in this process; safe from any thread."""

    most: int
    seconds: float
    _times: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, who: str, *, at: datetime) -> None:
        """Count one. Raises: TooMany: `who` did it too often just now."""
        since = at - timedelta(seconds=self.seconds)
        with self._lock:
            times = self._times.setdefault(who, deque())
            while times and times[0] <= since:
                times.popleft()
            if len(times) >= self.most:
                wait = (times[0] - since).total_seconds()
                raise TooMany(f"{who}: {self.most} in {self.seconds} s", seconds=int(wait) + 1)
            times.append(at)
            if len(self._times) > MOST_PEOPLE:
                quiet = [one for one, seen in self._times.items() if not seen or seen[-1] <= since]
                for one in quiet:
                    del self._times[one]
