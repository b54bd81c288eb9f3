"""`python -m server`: the demonstration on this machine. `run.py demo` prepares and calls it."""

from __future__ import annotations

import argparse
import sys

from server.demo.show import show


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py demo", description="Show Yunkan on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="port of the pages (8000)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--headless", action="store_true", help="carry out the main job without a browser, and end"
    )
    how.add_argument("--lan", action="store_true", help="let real phones on this network take part")
    parser.add_argument(
        "--host", default="", help="this machine's address on the phones' network (with --lan)"
    )
    arguments = parser.parse_args()
    if arguments.host and not arguments.lan:
        parser.error("--host goes with --lan")
    return show(
        port=arguments.port, headless=arguments.headless, lan=arguments.lan, host=arguments.host
    )


if __name__ == "__main__":
    sys.exit(main())
