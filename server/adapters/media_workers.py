"""The media workers of a bureau: which are there, how much each carries, and a line to each.

    workers = MediaWorkers(settings.where_media(), secret, on_epoch=…)
    workers.start()
    for name in workers.able(""): …

A worker is named by its control address, "127.0.0.1:8010": the same for every web process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from inspection.media.engine import Event, Load
from server.adapters import media
from server.adapters.media import MediaClient
from server.errors import MediaUnavailable

#: Seconds after which a worker that went away is given up and its calls go to others. Its
#: supervisor has it back in about one.
GONE_SECONDS = 4.0


class MediaWorkers:
    """A line to each worker. `on_epoch` tells of every new process of one: all its rooms are empty;
    `on_event` of what happens to participants.

    Everything may be called from any thread.

    Raises:
        ValueError: an address is not like tcp://127.0.0.1:8010, or stands there twice.
    """

    def __init__(
        self,
        urls: Sequence[str],
        secret: str,
        *,
        on_epoch: Callable[[str, int], None],
        on_event: Callable[[str, Event], None],
    ) -> None:
        self._changed = threading.Condition()
        self._on_epoch = on_epoch
        self._on_event = on_event
        self._lines = {urlsplit(url).netloc: self._line(url, secret) for url in urls}
        if len(self._lines) < len(urls) or not urls:
            raise ValueError("each media worker has an address of its own")

    def start(self) -> None:
        """Connect to all of them in the background, and keep connected."""
        for line in self._lines.values():
            line.start()

    def close(self) -> None:
        for line in self._lines.values():
            line.close()

    def names(self) -> list[str]:
        """Every worker, those that are away too."""
        return list(self._lines)

    def line(self, name: str) -> MediaClient | None:
        """The line to a worker; None if there is no such worker, or not any more."""
        return self._lines.get(name)

    def loads(self) -> dict[str, Load]:
        """What each worker carries; those that are away are left out."""
        found = ((name, line.load) for name, line in self._lines.items())
        return {name: load for name, load in found if load is not None}

    def able(self, current: str) -> list[str]:
        """Who may carry a call that `current` has ("" for a new one), the best first.

        The current worker alone, if it is there or comes back in time. Otherwise all that are
        there, those with the fewest calls first: calls are much alike, and their number does not
        flicker as the load does. Waits while there is none.

        Raises:
            MediaUnavailable: there is still none.
        """
        deadline = time.monotonic() + media.JOIN_SECONDS
        line = self._lines.get(current)
        with self._changed:
            if line is not None:
                patience = min(GONE_SECONDS - line.gone_seconds, deadline - time.monotonic())
                self._changed.wait_for(lambda: line.epoch, timeout=max(0.0, patience))
                if line.epoch:
                    return [current]
            self._changed.wait_for(self.loads, timeout=max(0.0, deadline - time.monotonic()))
        loads = self.loads()
        if not loads:
            raise MediaUnavailable("no media worker")
        if current in loads:
            return [current]
        return sorted(loads, key=lambda name: (loads[name].fits == 0, loads[name].rooms))

    def _line(self, url: str, secret: str) -> MediaClient:
        name = urlsplit(url).netloc

        def connected(epoch: int) -> None:
            with self._changed:
                self._changed.notify_all()
            self._on_epoch(name, epoch)

        return MediaClient(
            url, secret, on_event=lambda event: self._on_event(name, event), on_epoch=connected
        )
