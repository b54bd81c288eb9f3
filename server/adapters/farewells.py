"""What a media worker still has to be told, because it did not answer: put somebody out, hang up.

It is told again until it says yes, or is a new process, whose rooms are empty: an observer who was
refused must not go on watching because a worker stood still for some seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Literal, NamedTuple

from server.errors import MediaUnavailable

log = logging.getLogger(__name__)

#: Seconds between attempts.
AGAIN_SECONDS = 1.0


class Farewell(NamedTuple):
    do: Literal["leave", "close_room"]
    room: str
    identity: str = ""  # of whoever leaves


class Farewells:
    """`say` tells the worker, and raises MediaUnavailable while it does not answer."""

    def __init__(self, say: Callable[[Farewell], None]) -> None:
        self._say = say
        self._owed: set[Farewell] = set()
        self._state = threading.Condition()
        self._running = self._closed = False

    def bid(self, farewell: Farewell) -> None:
        """Now if the worker answers, else as soon as it does."""
        with self._state:
            self._owed.add(farewell)
        if not self._told(farewell):
            self._keep_trying()

    def forget(self, farewell: Farewell) -> None:
        """They came back, or the room was opened anew: it is owed no more."""
        with self._state:
            self._owed.discard(farewell)

    def forget_all(self) -> None:
        """The worker is a new process."""
        with self._state:
            self._owed.clear()

    def close(self) -> None:
        with self._state:
            self._closed = True
            self._state.notify_all()

    def _told(self, farewell: Farewell) -> bool:
        try:
            self._say(farewell)
        except MediaUnavailable as silent:
            log.warning("%s of %s is still to be said: %s", farewell.do, farewell.room, silent)
            return False
        with self._state:
            self._owed.discard(farewell)
        return True

    def _keep_trying(self) -> None:
        with self._state:
            if self._running or self._closed:
                return
            self._running = True
        threading.Thread(target=self._try, name="farewells", daemon=True).start()

    def _try(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._closed, timeout=AGAIN_SECONDS)
                if self._closed or not self._owed:
                    self._running = False
                    return
                owed = sorted(self._owed)
            for farewell in owed:
                with self._state:
                    still = farewell in self._owed
                if still:
                    self._told(farewell)
