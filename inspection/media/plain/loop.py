"""An event loop that reads some sockets before it does anything else, and as cheaply as it can.

A packet comes after some ms of rest, when code and memory are no longer in the processor's caches:
then the machinery of an event loop around a reader costs as much as a third of what is done with
the packet. Here it is read while the loop still waits for something to happen.
"""

from __future__ import annotations

import asyncio
import logging
import select
import selectors
import time
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

Given = TypeVarTuple("Given")

log = logging.getLogger(__name__)


class _Waiting(selectors.DefaultSelector):
    """Waits for everything else as ever, and for the sockets of `serve` itself."""

    def __init__(self) -> None:
        super().__init__()
        self._all = select.epoll()
        self._all.register(super().fileno(), select.EPOLLIN)
        self._served: dict[int, Callable[[], object]] = {}
        self.disturbed = False  # the loop has something to do that it did not know of

    def serve(self, descriptor: int, read: Callable[[], object]) -> None:
        self._served[descriptor] = read
        self._all.register(descriptor, select.EPOLLIN)

    def leave(self, descriptor: int) -> None:
        del self._served[descriptor]
        self._all.unregister(descriptor)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        poll, served = self._all.poll, self._served
        until = None if timeout is None else time.monotonic() + timeout
        self.disturbed = False
        while True:
            others = False
            found = poll(timeout, 2)
            for descriptor, _ in found:
                if (read := served.get(descriptor)) is None:
                    others = True
                    continue
                try:
                    read()
                except Exception:  # as event loops do: what comes next is read all the same
                    log.exception("reading from %d", descriptor)
            if others:
                return super().select(0)
            if self.disturbed or not found:
                return []
            if until is not None and (timeout := until - time.monotonic()) <= 0:
                return []

    def close(self) -> None:
        self._all.close()
        super().close()


class ServingLoop(asyncio.SelectorEventLoop):
    """For Linux."""

    def __init__(self) -> None:
        self._waiting = _Waiting()
        super().__init__(self._waiting)

    def serve(self, descriptor: int, read: Callable[[], object]) -> None:
        """Call `read` whenever there is something to read, also in the middle of waiting."""
        self._waiting.serve(descriptor, read)

    def leave(self, descriptor: int) -> None:
        self._waiting.leave(descriptor)

    def call_soon(
        self, callback: Callable[[*Given], object], *args: *Given, context: Context | None = None
    ) -> asyncio.Handle:
        self._waiting.disturbed = True
        return super().call_soon(callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Given], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self._waiting.disturbed = True
        return super().call_at(when, callback, *args, context=context)


def new_loop() -> asyncio.AbstractEventLoop:
    """The best there is on this system."""
    return ServingLoop() if hasattr(select, "epoll") else asyncio.new_event_loop()
