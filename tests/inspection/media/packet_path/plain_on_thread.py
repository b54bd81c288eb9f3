"""The packet path in Python on an event loop of its own, for tests that wait."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from inspection.media.plain.loop import new_loop
from inspection.media.plain.packets import Packets

T = TypeVar("T")


class PlainOnThread:
    """Speaks as `yunkan_packets.Packets`; libsrtp's functions are not needed."""

    def __init__(self, port: int, **_functions: int) -> None:
        self._packets = packets = Packets(port)
        self._loop = loop = new_loop()
        self._wake = wake = os.eventfd(0, os.EFD_NONBLOCK)
        thread = threading.Thread(target=loop.run_forever, name="plain path", daemon=True)
        thread.start()
        self._on_loop(lambda: packets.watch(lambda: os.eventfd_write(wake, 1)))

        def end() -> None:
            loop.call_soon_threadsafe(lambda: (packets.close(), loop.stop()))
            thread.join()
            loop.close()
            os.close(wake)

        weakref.finalize(self, end)

    @property
    def port(self) -> int:
        return self._packets.port

    @property
    def has_ipv6(self) -> bool:
        return self._packets.has_ipv6

    def fileno(self) -> int:
        return self._wake

    def letters(self) -> list[tuple[int, str, int, bytes]]:
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        return self._on_loop(self._packets.letters)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._packets, name)
        return lambda *given, **named: self._on_loop(lambda: method(*given, **named))

    def _on_loop(self, call: Callable[[], T]) -> T:
        async def called() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result()
