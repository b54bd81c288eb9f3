"""A web process with four requests that each take a core: started beside a server that is measured.

Threads of one process, as the web server has them, computing what pages are made of, without end.
"""

from __future__ import annotations

import json
import threading

REQUESTS = 4
CASES = [{"number": f"2026-{number:05}", "title": "餐饮服务许可"} for number in range(2000)]


def answer() -> None:
    while True:
        read = json.loads(json.dumps(CASES))
        sorted(read, key=lambda case: case["number"][::-1])


if __name__ == "__main__":
    for _ in range(REQUESTS):
        threading.Thread(target=answer).start()
