"""Relays (中继): the way of a call through a network that lets no UDP through (TURN, RFC 8656).

The bureau runs coturn. Whoever may join a call gets a name and a password that work for a few
hours: the name says until when, the password proves that we said so. coturn checks both by a
secret it shares with us (`use-auth-secret`) and keeps no list of users.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from server.config import Settings

HOUR_SECONDS = 3600
#: At least so long is a credential good for a new connection; one that stands outlives it.
VALID_HOURS = 3


@dataclass(frozen=True, slots=True)
class Relay:
    """One entry of a browser's `iceServers`: several ways to the same relay, and who asks."""

    urls: list[str]
    username: str
    credential: str


def relays_for(who: str, settings: Settings, *, at: datetime) -> list[Relay]:
    """What `who`, one person in one call, may use from `at` on; nothing where no relay is set.

    Works for 3 to 4 hours: it ends on a full hour, so that a page that asks every two seconds is
    told of a change once an hour. Name and password are as in draft-uberti-behave-turn-rest-00,
    section 2.2.
    """
    addresses = settings.turn_addresses()
    if not addresses:
        return []
    until = (int(at.timestamp()) // HOUR_SECONDS + 1 + VALID_HOURS) * HOUR_SECONDS
    username = f"{until}:{who}"
    secret = settings.turn_secret.get_secret_value().encode()
    password = base64.b64encode(hmac.digest(secret, username.encode(), "sha1")).decode()
    return [Relay(addresses, username, password)]
