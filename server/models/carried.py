"""What every call knows of the media worker that carries it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column


class Carried:
    """A call: an inspection's, or a room of guidance. `OPEN` are statuses in which people join."""

    OPEN: ClassVar[tuple[Any, ...]]

    id: Mapped[int]
    status: Mapped[Any]
    room: Mapped[str] = mapped_column(unique=True)  # the media worker's name for it
    media_worker: Mapped[str] = mapped_column(default="")  # its address; "" before the first join
    #: Grows whenever the call begins anew: on a new process of its worker, or on another worker.
    media_epoch: Mapped[int] = mapped_column(BigInteger, default=0)
    recorded: Mapped[bool] = mapped_column(default=False)  # as people are told before
