"""Jobs whose workflow is missing are run all the same: the row is the truth."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.served import ServerFactory, until
from tests.system.held_work import held


def test_jobs_survive_the_loss_of_the_queues_database(serve: ServerFactory):
    idle = serve({"RUN_JOBS": "false"})
    lost = idle.submit("dialogue", "a guard whose queue is lost")
    never_enqueued = idle.submit("dialogue", "a guard whose enqueuing failed")
    assert idle.stop() == 0
    for path in idle.data_dir.glob("jobs.db*"):
        path.unlink()
    with closing(sqlite3.connect(idle.data_dir / "asset-forge.db")) as database, database:
        long_ago = "2026-01-01 00:00:00.000000"
        database.execute("UPDATE generations SET enqueued_at = ? WHERE id = ?", (long_ago, lost))
        database.execute(
            "UPDATE generations SET enqueued_at = NULL, created_at = ? WHERE id = ?",
            (long_ago, never_enqueued),
        )
    server = serve()
    assert server.ended(lost)["status"] == "succeeded"
    assert server.ended(never_enqueued)["status"] == "succeeded"
    assert len(server.get("/api/assets")["items"]) == 2


def test_a_job_that_was_taken_and_never_begun_is_given_back(serve: ServerFactory):
    """As after a database that went away before it had acknowledged that the job is taken."""
    server = serve({"JOB_CONCURRENCY": "1"})
    with held(server):
        long = server.submit("music", options={"durationSeconds": 120})
        until("the worker is busy", lambda: server.job(long)["status"] == "running")
        untaken = server.submit("dialogue", "a guard whom nobody knows to be his")
        with closing(sqlite3.connect(server.data_dir / "jobs.db")) as queue, queue:
            taken = queue.execute(
                "UPDATE workflow_status SET status = 'PENDING',"
                " (executor_id, application_version) ="
                " (SELECT executor_id, application_version FROM workflow_status"
                " WHERE workflow_uuid = ?) WHERE workflow_uuid = ? AND status = 'ENQUEUED'",
                (long, untaken),
            )
            assert taken.rowcount == 1
    assert server.ended(untaken)["status"] == "succeeded"
    assert server.told(f"the job {untaken} was taken and not begun")
