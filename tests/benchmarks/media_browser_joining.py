"""How soon people see each other: 720p at the officer's, the tapped link, the officer's return."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from media_browser_bureau import Bureau, NoMoreVisits
from media_browser_pictures import Picture, connections, seconds_until, tapped
from media_spread import spread
from rows import Row

#: Seconds from joining within which the officer has 720 lines, and pixels of such a picture.
CLEAR_SECONDS = 3.0
CLEAR = Picture(wide=1280)

#: Seconds from the tap on a link to a call that is live both ways, and from an officer's opening
#: of a survey to the first picture.
LIVE_SECONDS = 6
CONNECT_SECONDS = 2

#: Goes to a survey from the day's list, and tells when: milliseconds since 1970.
OPEN = """survey => {
    const now = Date.now()
    location.hash = survey
    return now
}"""


def clear_pictures(bureau: Bureau, runs: int) -> Iterator[Row]:
    """The phone's page is loaded again for each run: it joins afresh, with a new camera."""
    times = []
    with bureau.call() as call:
        call.meet()
        for _ in range(runs):
            call.phone.reload()
            call.phone.get_by_role("button", name="开始通话").click()
            times.append(seconds_until(call.officer, CLEAR, tapped(call.phone)))
    within = sum(seconds <= CLEAR_SECONDS for seconds in times)
    title = "720p at the officer's from the tap that joins"
    yield Row(f"{title}, within {CLEAR_SECONDS:.0f} s", 100 * within / len(times), "%", ">= 100")
    yield from spread(title, times, "s", f"<= {CLEAR_SECONDS:.0f}")


def links_tapped(bureau: Bureau, runs: int) -> Iterator[Row]:
    """A visit each, because an applicant consents once; the browser's cache is empty each time.

    Whoever taps does not read: no time passes between a page's button and its tap.
    """
    times = []
    for _ in range(runs):
        try:
            with bureau.call() as call:
                call.officer_begins()
                began = time.time()
                call.phone_joins()
                both = (call.officer, call.phone)
                times.append(max(seconds_until(page, Picture(), began) for page in both))
        except NoMoreVisits:
            print(f"only {len(times)} visits for {runs} links", file=sys.stderr)
            break
    yield from spread("link tapped to live both ways", times, "s", f"<= {LIVE_SECONDS}")


def officer_connects(bureau: Bureau, runs: int) -> Iterator[Row]:
    """The officer leaves for the day's list and opens the survey again; the phone is waiting."""
    times = []
    with bureau.call() as call:
        call.meet()
        survey = f"survey={call.visit['survey_id']}"
        for _ in range(runs):
            call.officer.evaluate("() => { location.hash = '' }")
            call.officer.locator("video").first.wait_for(state="detached")
            before = connections(call.officer)
            opened = float(call.officer.evaluate(OPEN, survey))
            times.append(seconds_until(call.officer, Picture(after=before), opened / 1000))
    title = "officer opens the survey to the first picture"
    yield from spread(title, times, "s", f"<= {CONNECT_SECONDS}")
