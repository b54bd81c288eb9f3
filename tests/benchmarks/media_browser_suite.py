"""The figures of `media.py` that take browsers: each scene on one demonstration, in turn.

    python media_browser_suite.py FILE [--quick] [--only SCENE …]

The first process of a network of its own (see `media.py`). Writes rows as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from media_browser_bureau import Bureau, bureau
from media_browser_joining import clear_pictures, links_tapped, officer_connects
from media_browser_narrow import narrow_network, scarce_network
from media_browser_recovery import killed_workers, lost_network
from media_browser_stills import phone_stills, stills
from playwright.sync_api import Error
from rows import Row

#: Where `ip netns` keeps the names it gives.
NAMES = Path("/run/netns")


@dataclass(frozen=True, slots=True)
class Scene:
    play: Callable[[Bureau, int], Iterator[Row]]
    quick: int  # runs
    full: int


#: Those with one visit first: what is left of the plan is for the links.
SCENES = {
    "clear": Scene(clear_pictures, 3, 50),
    "connects": Scene(officer_connects, 3, 30),
    "kills": Scene(killed_workers, 2, 20),
    "outages": Scene(lost_network, 1, 20),
    "narrow": Scene(narrow_network, 1, 10),
    "scarce": Scene(scarce_network, 1, 5),
    "stills": Scene(stills, 3, 50),
    "lossy": Scene(phone_stills, 3, 20),
    "links": Scene(links_tapped, 2, 20),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES))
    arguments = parser.parse_args()
    if os.getpid() != 1:
        parser.error("this changes the network it runs in: start it by run.py bench media")
    _lay_network()
    rows: list[Row] = []
    with TemporaryDirectory() as folder, bureau(Path(folder)) as opened:
        for name in arguments.only:
            scene, began = SCENES[name], time.monotonic()
            try:
                rows += scene.play(opened, scene.quick if arguments.quick else scene.full)
            except (Error, RuntimeError) as failed:  # the others are still worth their time
                print(f"{name}: {failed}", file=sys.stderr)
                rows.append(Row(f"{name}, carried out", 0, "times", ">= 1"))
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            arguments.file.write_text(json.dumps([row.json() for row in rows]))


def _lay_network() -> None:
    """Names of networks are files, which would be this machine's and stay if we were killed."""
    NAMES.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", NAMES], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


if __name__ == "__main__":
    main()
