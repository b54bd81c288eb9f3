"""The jobs process: plans are computed and messages delivered here, never in a web request.

    python -m server.worker

Killed and started again, it goes on with the job it was at (DBOS), and with the outbox.
"""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

from dbos import DBOS
from sqlalchemy.orm import Session

from server.adapters.database import migrate, open_database
from server.adapters.jobs import COMPUTE_PLAN, PLANS_QUEUE, worker_config
from server.adapters.senders import senders_of
from server.clock import utcnow
from server.config import Settings
from server.services.outbox import deliver_due
from server.services.planning.computing import compute
from server.services.webhooks import deliver_webhooks

#: Seconds between two looks into the outbox.
OUTBOX_SECONDS = 1.0

log = logging.getLogger("yunkan.worker")


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = Settings()
    address = settings.where_database()
    migrate(address)
    engine = open_database(address)
    senders = senders_of(settings)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    DBOS(config=worker_config(address))

    @DBOS.step(name="think")
    def think(plan_id: int) -> None:
        compute(lambda: Session(engine), plan_id, now=utcnow)

    @DBOS.workflow(name=COMPUTE_PLAN)
    def compute_plan(plan_id: int) -> None:
        think(plan_id)

    DBOS.launch()
    DBOS.register_queue(PLANS_QUEUE, worker_concurrency=1)
    log.info("ready")
    while not stopping.wait(OUTBOX_SECONDS):
        with Session(engine) as db:
            deliver_due(db, senders, at=utcnow())
        with Session(engine) as db:
            deliver_webhooks(db, at=utcnow())
    DBOS.destroy()
    engine.dispose()


if __name__ == "__main__":
    main()
