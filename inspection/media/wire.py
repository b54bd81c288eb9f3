"""What the web process and a media worker say to each other over a local socket.

One JSON object a line, UTF-8. TCP on the loopback address, because it is the same on Linux, macOS
and Windows; both sides prove that they know the same secret before anything else is said.

    worker: {"nonce": "…"}
    web:    {"nonce": "…", "proof": "…"}
    worker: {"proof": "…", "epoch": 1790000000, "load": {"rooms": 0, "fits": 64, …}}
    web:    {"id": 7, "do": "join", "seconds": 8, "room": …, "identity": …, "role": …, "sdp": …}
    worker: {"id": 7, "done": {"sdp": "…", "view": "", "ticket": "", "recorded": true, "epoch": …}}
    worker: {"id": 8, "refused": {"code": "unknown_room", "detail": "s-1"}}
    worker: {"load": {"rooms": 1, "fits": 63, …}}        every second: it is alive
    worker: {"event": {"happening": "joined", "room": …, "identity": …, "role": …, "at": …}}
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

#: Name of the environment variable that carries the secret into a worker.
SECRET_VARIABLE = "YUNKAN_MEDIA_SECRET"

#: Bytes of the longest line a worker reads: an SDP offer with room to spare.
LONGEST_REQUEST = 262_144

#: Bytes of the longest line a worker writes: a still of a 4K camera in base64.
LONGEST_REPLY = 33_554_432

#: Seconds. No request may ask for more.
LONGEST_DEADLINE = 30.0

#: Seconds between signs of life of a worker, and without one after which it counts as hung.
ALIVE_SECONDS = 1.0
SILENT_SECONDS = 4.0

#: Seconds for both proofs.
HANDSHAKE_SECONDS = 5.0


def proof(secret: str, *, of: str, nonce: str) -> str:
    """What only someone who knows the secret can answer to a nonce; `of` is "web" or "worker"."""
    return hmac.new(secret.encode(), f"{of} {nonce}".encode(), hashlib.sha256).hexdigest()


def proven(secret: str, given: object, *, of: str, nonce: str) -> bool:
    """Whether the other side's proof is right, compared in constant time."""
    wanted = proof(secret, of=of, nonce=nonce)
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def pack(message: dict[str, Any]) -> bytes:
    """A message as one line."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def unpack(line: bytes) -> dict[str, Any]:
    """A line as a message.

    Raises:
        ValueError: it is not one JSON object.
    """
    try:
        message = json.loads(line)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message
