"""What is asked of who sends: lost packets again, a key picture, fewer bits."""

from __future__ import annotations

from inspection.media.plain.outlet import Outlet
from inspection.media.plain.report import Report
from inspection.media.plain.streams import SOUND, Source
from inspection.media.plain.way import NO_CAP

#: Seconds between two requests for a key picture: each costs the sender ten ordinary ones.
KEY_PAUSE = 0.5

#: Seconds before a camera is told that it may send more again, and for which that is repeated.
CAP_PAUSE = 0.5
CAP_REPEATS = 5.0

#: Bits a second. No camera is told to send less: below it there is no picture worth sending.
LEAST_VIDEO = 100_000

#: Seconds until a packet asked for can have come, while the round trip is not known.
_USUAL_ROUND_TRIP = 0.05


def ask_again(source: Source, outlet: Outlet) -> None:
    """Ask for what is missing and due."""
    known = source.peer.round_trip
    # what waits on the way is before it: asked for sooner, it would come twice
    queue = source.reception.late / source.clock
    wait = (_USUAL_ROUND_TRIP if known is None else known) * 1.2 + queue
    wait = max(0.02, min(wait, 0.5))
    numbers, gave_up = source.missing.due(outlet.clock.seconds, wait)
    if gave_up is not None and gave_up > source.key_asked:  # else the one asked for serves
        source.key_wanted = True
    if numbers:
        report = Report()
        report.nack(source.reporter, source.ssrc, numbers)
        outlet.control(source.peer, report)


def ask_key_picture(source: Source, outlet: Outlet) -> None:
    """Ask for one now, or at a later look if that is too early."""
    source.key_wanted = True
    now = outlet.clock.seconds
    if not source.ssrc or source.peer.send is None or now - source.key_asked < KEY_PAUSE:
        return
    source.key_wanted = False
    source.key_asked = now
    report = Report()
    report.key_picture_request(source.reporter, source.ssrc)
    outlet.control(source.peer, report)


def cap(source: Source, outlet: Outlet) -> None:
    """Tell a camera how much its weakest viewer can take, shared among all that it sees."""
    if not source.ssrc or source.peer.send is None:
        return
    heeded = (sink.peer for sink in source.sinks if sink.peer.heeded)
    least = min((peer.carries_of_each() for peer in heeded), default=NO_CAP)
    least = max(least, LEAST_VIDEO)
    now = outlet.clock.seconds
    less = least * 100 < source.told_cap * 97
    more = least > source.told_cap and now - source.cap_told >= CAP_PAUSE
    if not less and not more:
        return
    source.told_cap = least
    source.cap_told = now
    report = Report()
    report.bitrate(source.reporter, source.ssrc, least + SOUND)
    outlet.control(source.peer, report)


def repeat_cap(source: Source, report: Report, outlet: Outlet) -> None:
    """Whoever capped the camera may have left; and what was said last may not have arrived."""
    cap(source, outlet)
    if source.told_cap != NO_CAP or outlet.clock.seconds - source.cap_told < CAP_REPEATS:
        report.bitrate(source.reporter, source.ssrc, source.told_cap + SOUND)
