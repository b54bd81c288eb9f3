"""The processes of one machine: web, media, jobs. Started together, watched, stopped together."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

STOP_SECONDS = 5.0
START_SECONDS = 30.0


@dataclass
class Processes:
    """Runs each command in a process of its own, and starts one again that dies.

    Output goes to one log file a process under `logs`.
    """

    logs: Path
    environment: Mapping[str, str]
    _running: dict[str, tuple[Sequence[str], subprocess.Popen[bytes]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for _, process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for _, process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, name: str, module: str, *arguments: str) -> None:
        """Run `python -m module` as `name`."""
        self._spawn(name, [sys.executable, "-m", module, *arguments])

    def pid(self, name: str) -> int:
        return self._running[name][1].pid

    def revive(self) -> list[str]:
        """Start again whatever has died; the names of those."""
        dead = [name for name, (_, process) in self._running.items() if process.poll() is not None]
        for name in dead:
            self._spawn(name, self._running[name][0])
        return dead

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def wait_for(self, url: str, name: str, *, authority: Path | None = None) -> None:
        """Wait until `url` answers; over TLS, with a certificate of `authority`.

        Raises:
            RuntimeError: it does not within 30 s, or the process has ended; with its last words.
        """
        trust = ssl.create_default_context(cafile=str(authority)) if authority else None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urlopen(url, timeout=2, context=trust):
                    return
            except (URLError, ConnectionError, TimeoutError):
                if self._running[name][1].poll() is not None:
                    break
                time.sleep(0.05)  # the only way to know is to ask again
        last = self.log(name).read_text(errors="replace").splitlines()[-15:]
        raise RuntimeError(f"{name} did not start:\n" + "\n".join(last))

    def _spawn(self, name: str, command: Sequence[str]) -> None:
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
                start_new_session=True,  # Ctrl+C reaches us, and we stop them in order
            )
        self._running[name] = (command, process)
