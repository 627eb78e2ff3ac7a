"""The processes: memory, event loop, descriptors, restarts, versions, logins."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._look import DEEP, logs, metrics, query
from asset_forge.monitoring._model import Alert, Board, Runbook, Severity, Symptom

_UNDER_PAGES: Final = (Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.LATENCY)

HIGH_MEMORY: Final = Alert(
    name="HighMemoryUsage",
    severity=Severity.WARNING,
    expr="max by (instance) (process_resident_memory_bytes)\n"
    "/ max by (instance) (system_memory_total_bytes) > 0.9",
    hold="5m",
    summary="{{ $labels.instance }} uses more than 90 % of its memory",
    description="{{ $value | humanizePercentage }} of the memory is resident in the processes of "
    "{{ $labels.instance }}.",
    board=Board.INFRASTRUCTURE,
    runbook=Runbook(
        meaning="For 5 minutes the processes of an instance held more than 90 % of the memory "
        "that the machine or its control group has.",
        users="Nothing yet; a kill by the kernel ends requests, and jobs resume elsewhere.",
        look=(
            "Its course: the Memory Usage panel. A staircase that never falls is a leak.",
            "Heap against resident memory: "
            + metrics("^(python_heap|process_resident|system_memory)", "/metrics")
            + ".",
            "A leak of the database pool, which are connections that stay in use while there is "
            "little to do: " + query("min_over_time(db_connections_active[1h])") + ".",
            DEEP,
        ),
        mend=(
            "Restart the instance to gain time: it drains, and jobs resume.",
            "Lower `JOB_CONCURRENCY` or `PROCEDURAL_PROCESSES`, or give it more memory.",
        ),
        over="The share is below 90 %.",
    ),
)
EVENT_LOOP: Final = Alert(
    name="EventLoopStalled",
    severity=Severity.WARNING,
    expr="sum by (instance) (increase(event_loop_lag_seconds_count[5m]))\n"
    '- sum by (instance) (increase(event_loop_lag_seconds_bucket{le="1.0"}[5m])) > 0',
    hold="1m",
    summary="The event loop of {{ $labels.instance }} was blocked for more than 1 s",
    description='It was late by more than 1 s about {{ $value | printf "%.0f" }} times within '
    "5 minutes.",
    board=Board.INFRASTRUCTURE,
    silenced_by=_UNDER_PAGES,
    runbook=Runbook(
        meaning="Something ran on the event loop without yielding, or the process was frozen or "
        "starved of CPU. All requests of the process waited.",
        users="Requests hang together, and then go on.",
        look=(
            f"The watchdog logs the stack that blocks, within 2 s: {logs('event loop blocked')}.",
            "CPU: the CPU Usage panel, and throttling of the container.",
        ),
        mend=(
            "Move the call that the stack names off the loop; roll back if it came with a release.",
            "Without a stack, the whole process was stopped: look at the machine (swap, CPU "
            "quota, a paused container).",
        ),
        over="No lag above 1 s for 5 minutes.",
    ),
)
DESCRIPTORS: Final = Alert(
    name="FileDescriptorsNearLimit",
    severity=Severity.WARNING,
    # The share of the process that has the largest: sums would hide one exhausted worker of four.
    expr="max by (instance) (process_open_fds_ratio) > 0.8",
    hold="2m",
    summary="{{ $labels.instance }} runs out of file descriptors",
    description="A process of {{ $labels.instance }} has {{ $value | humanizePercentage }} of the "
    "file descriptors open that it may open.",
    board=Board.INFRASTRUCTURE,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY),
    runbook=Runbook(
        meaning="Open sockets and files use more than 80 % of the limit for 2 minutes. At the "
        "limit new connections are refused.",
        users="Nothing yet; then connections fail.",
        look=(
            "What is open: `ls -l /proc/PID/fd | awk '{print $NF}' | sort | uniq -c | sort -nr | "
            "head`.",
            f"Connections: {metrics('^http_active_connections', '/metrics')}.",
        ),
        mend=(
            "Raise the limit (`ulimit -n`, `LimitNOFILE=`), or restart the process.",
            "Thousands of idle connections: lower the proxy's keep-alive.",
        ),
        over="The share is below 80 %.",
    ),
)
CRASH_LOOPING: Final = Alert(
    name="CrashLooping",
    severity=Severity.WARNING,
    expr="max by (instance) (changes(process_start_time_seconds[15m])) > 2",
    hold="",
    summary="{{ $labels.instance }} starts again and again",
    description="Scrapes have seen it start anew {{ $value }} times within 15 minutes. Starts "
    "that none saw, since they failed too soon, are not counted.",
    board=Board.OVERVIEW,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="The processes of the instance were all new more than twice within 15 minutes. A "
        "start that fails before its port is open shows as "
        "[InstanceDown](InstanceDown.md) instead.",
        users="Requests in flight are cut off at each crash.",
        look=(
            "Its last words: `kubectl logs POD --previous | tail -50`; the next start logs "
            "`unclean_shutdown`.",
            "Memory kills: `kubectl describe pod POD | grep -A5 'Last State'`.",
        ),
        mend=("Roll back the release, or give it the memory that it needs.",),
        over="No start for 15 minutes.",
    ),
)
VERSION_SKEW: Final = Alert(
    name="VersionSkew",
    severity=Severity.WARNING,
    expr="count(count by (version, revision) (asset_forge_build_info)) > 1",
    hold="30m",
    summary="Several versions of Asset-Forge run side by side",
    description="{{ $value }} versions run for 30 minutes; a rollout takes minutes.",
    board=Board.OVERVIEW,
    runbook=Runbook(
        meaning="A rollout has stopped halfway, or an instance was forgotten.",
        users="Answers differ from request to request.",
        look=(
            "Who runs what: `promtool query instant $PROMETHEUS 'count by (instance, version, "
            "revision) (asset_forge_build_info)'`.",
            "`kubectl rollout status deploy/asset-forge`.",
        ),
        mend=("Finish the rollout or undo it: `kubectl rollout undo deploy/asset-forge`.",),
        over="One version is left.",
    ),
)
LOGIN_ABUSE: Final = Alert(
    name="LoginAbuse",
    severity=Severity.WARNING,
    expr='sum by (provider) (rate(login_failures_total{reason!="other"}[5m])) * 60 > 20',
    hold="2m",
    summary="Somebody tries passwords ({{ $labels.provider }})",
    description='{{ $value | printf "%.0f" }} logins a minute are refused.',
    board=Board.OVERVIEW,
    runbook=Runbook(
        meaning="For 2 minutes more than 20 logins a minute were refused, averaged over 5 minutes. "
        "Logins that failed since the service or the sign-in provider did not work (`other`) do "
        "not count.",
        users="Accounts under attack are answered 429 for a while.",
        look=(
            "The reasons, by the minute: "
            + query("sum by (provider, reason) (rate(login_failures_total[5m])) * 60 > 0")
            + ".",
            "Where from: of the two log lines of a refused login one has a hash of the account, "
            f"the other (`asset_forge.access`) the client's address: {logs('/api/auth/login')} and "
            f"{logs('login refused')}; `requestId` joins them.",
        ),
        mend=(
            "Block the addresses in front of the service.",
            "Check that `TRUSTED_PROXIES` names your proxies only, so that addresses are true.",
        ),
        over="Fewer than 20 refused logins a minute.",
    ),
)

RUNTIME_ALERTS: Final = (
    HIGH_MEMORY,
    EVENT_LOOP,
    DESCRIPTORS,
    CRASH_LOOPING,
    VERSION_SKEW,
    LOGIN_ABUSE,
)
