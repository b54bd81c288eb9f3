"""The process behind `media_aiortc.py`: one room, one publisher, any number of viewers.

    python media_aiortc_server.py PORT [FOLDER]

A line of JSON with an offer is answered by one with an answer. Records into the folder, if any.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio import StreamReader, StreamWriter
from pathlib import Path

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaRecorder, MediaRelay


class Room:
    def __init__(self, recordings: Path | None) -> None:
        self._recorder = MediaRecorder(str(recordings / "call.mp4")) if recordings else None
        self._relay = MediaRelay()
        self._tracks: list[MediaStreamTrack] = []
        self._peers: list[RTCPeerConnection] = []

    async def asked(self, reader: StreamReader, writer: StreamWriter) -> None:
        if line := await reader.readline():
            request = json.loads(line)
            answer = await self._answer(request["do"], request["sdp"])
            writer.write(json.dumps({"sdp": answer}).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()
        if self._recorder:
            await self._recorder.stop()

    async def _answer(self, do: str, offer: str) -> str:
        # No ICE servers: None would make aiortc ask a public one.
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._peers.append(peer := RTCPeerConnection(configuration))
        if do == "publish":
            peer.on("track", self._published)
        else:
            for track in self._tracks:
                peer.addTrack(self._relay.subscribe(track))
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        if do == "publish" and self._recorder:
            await self._recorder.start()
        return peer.localDescription.sdp

    def _published(self, track: MediaStreamTrack) -> None:
        self._tracks.append(track)
        if self._recorder:
            self._recorder.addTrack(self._relay.subscribe(track))


async def serve(port: int, recordings: Path | None) -> None:
    room, stop = Room(recordings), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with await asyncio.start_server(room.asked, "127.0.0.1", port, limit=2**18):
        await stop.wait()
    await room.close()


if __name__ == "__main__":
    port, *folder = sys.argv[1:]
    asyncio.run(serve(int(port), Path(folder[0]) if folder else None))
