"""Jobs of the revision before this one are finished by this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.served import ServerFactory, until


def test_a_waiting_job_of_the_first_revision_is_executed_on_its_own_queue(
    serve: ServerFactory,
) -> None:
    idle = serve({"RUN_JOBS": "false"})
    job_id = idle.submit("dialogue", "a guard of the old days")
    assert idle.stop() == 0
    for path in idle.data_dir.glob("jobs.db*"):
        path.unlink()
    with closing(sqlite3.connect(idle.data_dir / "asset-forge.db")) as database, database:
        database.execute(
            "UPDATE generations SET revision = 'generation.v1', enqueued_at = NULL,"
            " created_at = '2026-01-01 00:00:00.000000'"
        )
    server = serve()
    assert server.ended(job_id)["status"] == "succeeded"

    def noted() -> bool:
        with closing(sqlite3.connect(server.data_dir / "jobs.db")) as jobs:
            workflows = jobs.execute(
                "SELECT name, queue_name FROM workflow_status WHERE workflow_uuid = ?", (job_id,)
            )
            steps = jobs.execute(
                "SELECT function_name FROM operation_outputs WHERE workflow_uuid = ?"
                " ORDER BY function_id",
                (job_id,),
            )
            return workflows.fetchall() == [("generation.v1", "generation.v1")] and [
                name for (name,) in steps
            ] == ["plan", "generate", "store", "index", "complete"]

    until("its workflow and steps are those of the first revision", noted, 20)
