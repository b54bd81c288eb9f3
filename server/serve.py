"""`python -m server.serve --port 8000`: the web process, served by gunicorn with threads."""

from __future__ import annotations

import argparse
import logging
from typing import Any

from gunicorn.app.base import BaseApplication

from server.app import create_app, start_threads

#: Each open page holds one thread for its socket.
THREADS = 200


class Served(BaseApplication):  # type: ignore[misc]
    """One process: Socket.IO without Redis needs all sockets in one place."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
        logging.getLogger("yunkan").setLevel(logging.INFO)  # what was refused, to whom and why
        app = create_app()
        start_threads(app)
        return app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m server.serve")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--lan", action="store_true", help="listen on all addresses, with TLS")
    parser.add_argument("--certificate", default=None)
    parser.add_argument("--key", default=None)
    arguments = parser.parse_args()
    host = "0.0.0.0" if arguments.lan else "127.0.0.1"
    Served(
        {
            "bind": f"{host}:{arguments.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "certfile": arguments.certificate,
            "keyfile": arguments.key,
            "graceful_timeout": 2,
            "control_socket_disable": True,
        }
    ).run()


if __name__ == "__main__":
    main()
