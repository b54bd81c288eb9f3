"""Durable jobs, by DBOS: a job that was started is finished, even if the worker is killed.

The web process only puts jobs in the queue; `python -m server.worker` carries them out. The
queue lives in a database of its own: SQLite beside ours, or a schema of the same PostgreSQL.
"""

from __future__ import annotations

from typing import Protocol

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy.engine import make_url

PLANS_QUEUE = "plans"
COMPUTE_PLAN = "compute_plan"

#: Parts of plans have a queue of their own: who waits for the parts of a plan takes some himself.
PARTS_QUEUE = "plan_parts"
PLAN_PART = "plan_part"

#: Recordings are joined one after the other, beside plans and messages.
RECORDINGS_QUEUE = "recordings"
JOIN_RECORDING = "join_recording"

#: Part of every job. A job left by an older release is not picked up by code it does not fit.
APPLICATION_VERSION = "2"


class Jobs(Protocol):
    """Where a service leaves work that takes longer than a page may wait."""

    def compute_plan(self, plan_id: int) -> None:
        """Queue the computation of a plan. Queued twice, it runs once."""
        ...


class DurableJobs:
    """The queue as the web process sees it."""

    def __init__(self, database_url: str) -> None:
        self._address = jobs_address(database_url)
        self._client: DBOSClient | None = None

    def compute_plan(self, plan_id: int) -> None:
        if self._client is None:
            DBOS.migrate(self._address)  # its tables are there, even if no worker ever was
            self._client = DBOSClient(system_database_url=self._address)
        self._client.enqueue(
            {
                "workflow_name": COMPUTE_PLAN,
                "queue_name": PLANS_QUEUE,
                "workflow_id": f"{COMPUTE_PLAN}-{plan_id}",
                "app_version": APPLICATION_VERSION,
            },
            plan_id,
        )

    def close(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None


def jobs_address(database_url: str) -> str:
    """Where the queue is kept, for a given database of records."""
    address = make_url(database_url)
    if address.get_backend_name() == "sqlite" and address.database:
        address = address.set(database=f"{address.database}.jobs")
    else:
        address = address.set(drivername="postgresql")
    return address.render_as_string(hide_password=False)


def worker_config(database_url: str, worker: str) -> DBOSConfig:
    """DBOS as the worker of this name runs it: nothing sent anywhere."""
    return DBOSConfig(
        name="yunkan",
        system_database_url=jobs_address(database_url),
        executor_id=worker,
        application_version=APPLICATION_VERSION,
        log_level="WARNING",
    )
