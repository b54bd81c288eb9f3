"""Which way of the packets is demanded, instead of the better one that works here."""

from __future__ import annotations

import os

#: In the environment: `native` is C++, `plain` is Python alone.
VARIABLE = "YUNKAN_MEDIA_PATH"


def demanded_way() -> str:
    """`native`, `plain`, or nothing.

    Raises:
        ValueError: another is demanded.
    """
    way = os.environ.get(VARIABLE, "")
    if way not in ("native", "plain", ""):
        raise ValueError(f"{VARIABLE}={way}")
    return way
