"""A district's own register: what its imports bring stands beside the bureau's, not among it.

Case numbers and addresses are unique in a bureau. Somebody of one district must neither learn that
one is known in another district, nor change what is there; so what they bring is kept with the
district's code behind it: "platform|610112". Whoever sees both knows it again without the code.
"""

from __future__ import annotations

_MARK = "|"


def entered(key: str, district: str) -> str:
    """How the register of a district keeps it; the bureau's own (no code) keeps it as it is."""
    return f"{key}{_MARK}{district}" if district else key


def plain(key: str) -> str:
    """As it came, whichever register keeps it."""
    return key.partition(_MARK)[0]
