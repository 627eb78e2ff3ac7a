"""Causes outside the process: database, storage, disk, optional parts."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._look import (
    DEEP,
    FAILED_KINDS,
    LOGS,
    SLOW_QUERIES,
    deep,
    logs,
    metrics,
    query,
)
from asset_forge.monitoring._model import Alert, Board, Runbook, Severity, Symptom

_ALL: Final = (Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.LATENCY, Symptom.GENERATION)
_BYTES: Final = (Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.GENERATION)
"""Where no bytes can be kept, uploads and generations fail."""

DATABASE_DOWN: Final = Alert(
    name="DatabaseDown",
    severity=Severity.WARNING,
    expr='min by (instance) (health_check_status{check="database"}) == 0',
    hold="1m",
    summary="The database of {{ $labels.instance }} is down",
    description="Its health check fails (status {{ $value }}) for 1 minute.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_ALL,
    runbook=Runbook(
        meaning="The background health check cannot use the database: no connection, no answer "
        "in time, or a schema that the code cannot use.",
        users="Requests end with 503 and the replica is not ready. The page for that is "
        "[AvailabilityBudgetBurn](AvailabilityBudgetBurn.md), which silences this ticket.",
        look=(
            DEEP,
            'Whether the server answers: `pg_isready -d "$DATABASE_URL"`.',
            f"The reasons: {metrics('^db_failures_total')}.",
            LOGS,
        ),
        mend=(
            "Start or fail over the database server; the service reconnects by itself.",
            "A schema mismatch in the log: `asset-forge migrate`; in Kubernetes `kubectl delete "
            "job asset-forge-migrate` and `kubectl apply -f deploy/kubernetes/migrate.yml`.",
            "Embedded: check that `ASSET_FORGE_DATA_DIR` is writable and not full.",
        ),
        over='`health_check_status{check="database"}` is 1 and `/api/health/ready` answers 200.',
    ),
)
DATABASE_POOL: Final = Alert(
    name="DatabasePoolNearExhaustion",
    severity=Severity.WARNING,
    expr="sum by (instance) (db_connections_active) / sum by (instance) (db_connections_max) > 0.9",
    hold="2m",
    summary="The database pool of {{ $labels.instance }} is nearly used up",
    description="{{ $value | humanizePercentage }} of the connections are in use.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_ALL,
    runbook=Runbook(
        meaning="For 2 minutes more than 90 % of the connections that the pool may open were in "
        "use. The next requests wait, and then fail with 503.",
        users="Slow answers, then 503 with `Retry-After`.",
        look=(
            f"The pool: {metrics('^db_connections_')}.",
            SLOW_QUERIES,
            "Who holds connections, on Postgres: `SELECT pid, state, now() - xact_start AS age, "
            "left(query, 80) FROM pg_stat_activity ORDER BY age DESC LIMIT 20`.",
        ),
        mend=(
            "End a transaction that hangs: `SELECT pg_terminate_backend(PID)`.",
            "If the load is real, raise `DATABASE_POOL_SIZE`, within the server's "
            "`max_connections` divided by the number of processes.",
        ),
        over="The Database Pool Use panel is below 90 %.",
    ),
)
DATABASE_SLOW: Final = Alert(
    name="DatabaseSlow",
    severity=Severity.WARNING,
    expr="histogram_quantile(0.95, sum by (table, le) "
    "(rate(db_query_duration_seconds_bucket[5m]))) > 0.1\n"
    "and sum by (table) (rate(db_query_duration_seconds_count[5m])) > 0.15",
    hold="5m",
    summary="Queries of {{ $labels.table }} are slow",
    description="One in twenty takes more than {{ $value | humanizeDuration }}.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_ALL,
    runbook=Runbook(
        meaning="For 5 minutes the 95th percentile of a table's queries was over 100 ms, with "
        "more than nine queries a minute. Most take a millisecond.",
        users="Slow answers; from 4 s on a query is ended, and the request with 503.",
        look=(
            SLOW_QUERIES,
            "What waits for whom, on Postgres: `SELECT pid, pg_blocking_pids(pid) AS waits_for, "
            "now() - query_start AS age, left(query, 80) FROM pg_stat_activity WHERE state <> "
            "'idle' ORDER BY age DESC LIMIT 20`.",
            "Whether the database's machine is short of CPU, memory or disk throughput.",
        ),
        mend=(
            "End what holds a lock: `SELECT pg_terminate_backend(PID)`.",
            "After large changes: `ANALYZE`.",
            "Embedded and busy: move to Postgres by `DATABASE_URL`.",
        ),
        over="The Slow Tables panel is below 100 ms.",
    ),
)
LOW_DISK_SPACE: Final = Alert(
    name="LowDiskSpace",
    severity=Severity.WARNING,
    expr='max by (instance) (storage_used_bytes{context="system"})\n'
    '/ max by (instance) (storage_total_bytes{context="system"}) > 0.8',
    hold="5m",
    summary="The data volume of {{ $labels.instance }} is more than 80 % full",
    description="{{ $value | humanizePercentage }} of the data volume is used.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_BYTES,
    runbook=Runbook(
        meaning="The volume that holds the data directory is more than 80 % full for 5 minutes. "
        "Near the reserve (`VOLUME_RESERVE_BYTES`) uploads and generations are refused.",
        users="Nothing yet; then 507 and generations that fail with `storage_full`.",
        look=(
            f"What the service sees: {deep('.checks.disk')}.",
            "What is large: `kubectl exec POD -- du -xh /var/lib/asset-forge | sort -hr | "
            'head -20`, or `du -xh "$ASSET_FORGE_DATA_DIR" | sort -hr | head -20`.',
            "How fast it grows, in bytes per second: "
            + query('deriv(storage_used_bytes{context="system"}[1h])')
            + ".",
        ),
        mend=(
            "Clean up temporary files, which are those that killed writes have left: `find "
            "\"$ASSET_FORGE_DATA_DIR/objects\" -name '*#[0-9]*' -mmin +60 -delete`. (The service "
            "does so by itself after a day.) Remove nothing else there by hand: databases, their "
            "`-wal` files and all other objects are in use.",
            "In Kubernetes nothing that lasts is on a pod's volume or in its `/tmp`: `kubectl "
            "delete pod POD` replaces it by one with empty ones, after it has drained.",
            "Delete assets through the API, as their owners or as an operator.",
            "Enlarge the volume, or move the objects: `STORAGE_URL=s3://…`.",
        ),
        over="The share is below 80 %.",
    ),
)
STORAGE_FAILING: Final = Alert(
    name="StorageFailing",
    severity=Severity.WARNING,
    # Two, since one failure in three minutes is extrapolated to a little more than one.
    expr="sum by (code) (increase(storage_errors_total[3m])) >= 2",
    hold="5m",
    summary="The file storage fails: {{ $labels.code }}",
    description='{{ $value | printf "%.0f" }} operations failed within 3 minutes, and this for '
    "5 minutes.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_BYTES,
    runbook=Runbook(
        meaning="The directory or the object store of `STORAGE_URL` does not take or give files, "
        "also after its client has asked again. `code` is the cause.",
        users="Uploads and downloads end with 503, or 507 where the store is full. Results that "
        "were paid for wait up to ten minutes for the store; then, and at once for those of the "
        "built-in provider, the jobs fail with `storage_unavailable`, or with `storage_full`.",
        look=(
            "What fails, and where: "
            + query("sum by (instance, operation, code) (increase(storage_errors_total[15m])) > 0")
            + ".",
            DEEP,
            f"What the store said: {logs('in the storage')}.",
            FAILED_KINDS,
        ),
        mend=(
            "`denied`: renew the credentials, give them their rights back, and restart.",
            "`no_bucket`: create the bucket, or correct `STORAGE_URL`, and restart.",
            "`full`: raise the bucket's quota or delete assets; on a local volume see "
            "[LowDiskSpace](LowDiskSpace.md).",
            "`throttled`, `server_error`: look at the vendor's status page; nothing is to be done "
            "here once it is over.",
            "`unreachable`, `timeout`: try the endpoint from the machine: `curl -sv "
            '"$AWS_ENDPOINT_URL"`.',
            "`io`: the log has the system's error; check that `ASSET_FORGE_DATA_DIR` is mounted "
            "and writable.",
        ),
        over="No storage errors for 3 minutes.",
    ),
)
DEPENDENCY_UNHEALTHY: Final = Alert(
    name="DependencyUnhealthy",
    severity=Severity.WARNING,
    # The database and the storage have alerts of their own.
    expr='min by (instance, check) (health_check_status{check!~"database|storage"}) == 0',
    hold="5m",
    summary="{{ $labels.check }} is unhealthy on {{ $labels.instance }}",
    description="The health check {{ $labels.check }} fails (status {{ $value }}) for 5 minutes.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_BYTES,
    runbook=Runbook(
        meaning="A part that is checked in the background, such as qdrant, disk or memory, is "
        "unhealthy.",
        users="Depends on the part: without Qdrant, search falls back to full text.",
        look=(DEEP, LOGS),
        mend=(
            "`qdrant`: start it, or correct `QDRANT_URL`.",
            "`disk`: see [LowDiskSpace](LowDiskSpace.md). "
            "`memory`: see [HighMemoryUsage](HighMemoryUsage.md).",
        ),
        over="`health_check_status` of the check is 1.",
    ),
)

DEPENDENCY_ALERTS: Final = (
    DATABASE_DOWN,
    DATABASE_POOL,
    DATABASE_SLOW,
    LOW_DISK_SPACE,
    STORAGE_FAILING,
    DEPENDENCY_UNHEALTHY,
)
