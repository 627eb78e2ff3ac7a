"""Jobs whose workflow is missing are run all the same: the row is the truth."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.served import ServerFactory


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
