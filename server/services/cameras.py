"""What the applicant's camera can and does now (镜头). A fact of this process, never stored.

The phone says it whenever it has changed; an expert's wish is weighed against what it said last.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from server.errors import CameraCannot

#: Calls whose camera is remembered; of more than that, the one that was told of first is forgotten.
MOST = 2048


@dataclass(frozen=True, slots=True)
class Zoom:
    """How near the picture is drawn, in the camera's own figures: `least` shows the most."""

    least: float
    most: float
    step: float
    now: float


@dataclass(frozen=True, slots=True)
class Camera:
    """`torch` (手电筒) and `zoom` (远近) are None where the camera has none."""

    torch: bool | None
    zoom: Zoom | None
    cameras: int  # of the phone; with one there is nothing to switch to


@dataclass(frozen=True, slots=True)
class Wish:
    """What an expert wants of the camera: exactly one of these."""

    torch: bool | None = None
    zoom: float | None = None
    switch: bool = False


@dataclass
class Cameras:
    """By session id. Safe to use from any thread."""

    _said: dict[int, Camera] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, session_id: int, camera: Camera) -> None:
        with self._lock:
            self._said.pop(session_id, None)
            self._said[session_id] = camera
            if len(self._said) > MOST:
                del self._said[next(iter(self._said))]

    def of(self, session_id: int) -> Camera | None:
        """None while the phone has not said, and where it sends no picture."""
        with self._lock:
            return self._said.get(session_id)

    def forget(self, session_id: int) -> None:
        with self._lock:
            self._said.pop(session_id, None)


def within_reach(camera: Camera | None, wish: Wish) -> Wish:
    """The wish as the camera can fulfil it: zoom no nearer and no farther than it goes.

    Raises:
        CameraCannot: it has no such thing, as far as it said.
    """
    if wish.torch is not None and (camera is None or camera.torch is None):
        raise CameraCannot("no torch", cause="torch")
    if wish.switch and (camera is None or camera.cameras < 2):
        raise CameraCannot("one camera", cause="switch")
    if wish.zoom is None:
        return wish
    if camera is None or camera.zoom is None:
        raise CameraCannot("no zoom", cause="zoom")
    return Wish(zoom=min(camera.zoom.most, max(camera.zoom.least, wish.zoom)))
