"""A call that is over, as everybody who is in it notices."""

from __future__ import annotations

from server.models.session import InspectionSession
from server.web.calling import hang_up
from server.web.frozen import tell_frozen
from server.web.parts import parts
from server.web.sockets import tell_session


def tell_call_over(session: InspectionSession) -> None:
    """Hang up for everybody, show the live picture to nobody, and say so."""
    hang_up(session.id)
    parts().cameras.forget(session.id)
    tell_frozen(session, None)
    tell_session(session.id)
