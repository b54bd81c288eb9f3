"""How one participant comes in, as a `Caller` wants to be let in."""

from __future__ import annotations

import asyncio
from typing import Any

from inspection.media.engine import Description, DescriptionType, MediaEngine, Role
from server.adapters.media import Joined, MediaClient
from server.web.shapes import AnswerSdp


class EngineDoor:
    """Straight to an engine in this process."""

    def __init__(self, engine: MediaEngine, identity: str, role: Role, room: str = "s-1") -> None:
        self._engine = engine
        self._where = room, identity
        self._role = role

    async def __call__(self, sdp: str) -> Description:
        return await self._engine.join(
            *self._where, self._role, Description(DescriptionType.OFFER, sdp)
        )

    async def answer(self, sdp: str, ticket: str) -> None:
        answer = Description(DescriptionType.ANSWER, sdp, ticket=ticket)
        await self._engine.answer(*self._where, answer)


class ClientDoor:
    """By the web's client, to a worker in another process; `told` collects what it answered."""

    def __init__(
        self,
        client: MediaClient,
        identity: str,
        role: Role,
        told: list[Joined] | None = None,
    ) -> None:
        self._client = client
        self._where = "s-1", identity
        self._role = role
        self._told = [] if told is None else told

    async def __call__(self, sdp: str) -> Joined:
        joined = await asyncio.to_thread(
            self._client.join, *self._where, self._role, sdp, recorded=True
        )
        self._told.append(joined)
        return joined

    async def answer(self, sdp: str, ticket: str) -> None:
        await asyncio.to_thread(self._client.answer, *self._where, sdp, ticket)


class PageDoor:
    """As a page does, over HTTP; `epochs` collects those of the answers."""

    def __init__(self, browser: Any, path: str, epochs: list[int]) -> None:
        self._browser = browser
        self._path = path
        self._epochs = epochs

    async def __call__(self, sdp: str) -> AnswerSdp:
        answer = await asyncio.to_thread(self._browser.post, self._path, {"sdp": sdp})
        assert answer.status_code == 200, answer.text
        joined = AnswerSdp.model_validate(answer.json)
        self._epochs.append(joined.epoch)
        return joined

    async def answer(self, sdp: str, ticket: str) -> None:
        told = {"sdp": sdp, "ticket": ticket}
        answer = await asyncio.to_thread(self._browser.post, f"{self._path}/view", told)
        assert answer.status_code == 204, answer.text
