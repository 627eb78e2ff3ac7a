"""Causes outside the process: database, storage, disk, optional parts."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._look import DEEP, FAILED_KINDS, LOGS, SLOW_QUERIES
from asset_forge.monitoring._model import Alert, Board, Runbook, Severity, Symptom

_ALL: Final = (Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.LATENCY, Symptom.GENERATION)

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
            "The reasons: `curl -s $ASSET_FORGE/metrics/business | grep ^db_failures_total`.",
            LOGS,
        ),
        mend=(
            "Start or fail over the database server; the service reconnects by itself.",
            "A schema mismatch in the log: `asset-forge migrate`.",
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
            "The pool: `curl -s $ASSET_FORGE/metrics/business | grep ^db_connection`.",
            SLOW_QUERIES,
            "Who holds connections, on Postgres: `SELECT pid, state, now() - xact_start AS age, "
            "left(query, 80) FROM pg_stat_activity ORDER BY age DESC LIMIT 20`.",
        ),
        mend=(
            "End a transaction that hangs: `SELECT pg_terminate_backend(PID)`.",
            "If the load is real, raise `DATABASE_POOL_SIZE`, within the server's "
            "`max_connections` divided by the number of processes.",
        ),
        over="The Database Connections panel is below 90 %.",
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
    runbook=Runbook(
        meaning="The volume that holds the data directory is more than 80 % full for 5 minutes. "
        "Near the reserve (`VOLUME_RESERVE_BYTES`) uploads and generations are refused.",
        users="Nothing yet; then 507 and generations that fail with `storage_full`.",
        look=(
            "What the service sees: `curl -s $ASSET_FORGE/api/health/deep | jq .checks.disk`.",
            'What is large: `du -xh "$ASSET_FORGE_DATA_DIR" | sort -hr | head -20` '
            "(`kubectl exec deploy/asset-forge -- du -xh /data | sort -hr | head -20`).",
            "How fast it grows: `promtool query instant $PROMETHEUS "
            "'deriv(storage_used_bytes{context=\"system\"}[1h])'` (bytes per second).",
        ),
        mend=(
            "Delete assets through the API, as their owners or as an operator; never files.",
            "Enlarge the volume, or move the objects: `STORAGE_URL=s3://…`.",
        ),
        over="The share is below 80 %.",
    ),
)
STORAGE_FAILING: Final = Alert(
    name="StorageFailing",
    severity=Severity.WARNING,
    expr="sum by (error_type) (increase(asset_generation_errors_total{"
    'error_type=~"storage_full|storage_unavailable"}[10m])) > 0',
    hold="5m",
    summary="Generations fail on storage: {{ $labels.error_type }}",
    description='{{ $value | printf "%.0f" }} generations of the last 10 minutes could not '
    "store their result.",
    board=Board.GENERATION,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.GENERATION),
    runbook=Runbook(
        meaning="Results that were made, and perhaps paid for, could not be stored.",
        users="Their generations fail at the last step.",
        look=(
            FAILED_KINDS,
            DEEP,
            'Whether the store takes a file: `touch "$ASSET_FORGE_DATA_DIR/objects/.probe" && '
            'rm "$ASSET_FORGE_DATA_DIR/objects/.probe"`, or the vendor\'s client for S3, GCS, '
            "Azure.",
        ),
        mend=(
            "Full: see [LowDiskSpace](LowDiskSpace.md).",
            "Refused (403): renew the credentials of `STORAGE_URL` and restart.",
        ),
        over="No storage errors for 10 minutes.",
    ),
)
DEPENDENCY_UNHEALTHY: Final = Alert(
    name="DependencyUnhealthy",
    severity=Severity.WARNING,
    expr='min by (instance, check) (health_check_status{check!="database"}) == 0',
    hold="5m",
    summary="{{ $labels.check }} is unhealthy on {{ $labels.instance }}",
    description="The health check {{ $labels.check }} fails (status {{ $value }}) for 5 minutes.",
    board=Board.INFRASTRUCTURE,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY),
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
    LOW_DISK_SPACE,
    STORAGE_FAILING,
    DEPENDENCY_UNHEALTHY,
)
