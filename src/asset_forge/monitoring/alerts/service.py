"""What users feel: the service down, failing, slow, not generating, or unseen."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._look import (
    CAPTURED,
    DEEP,
    FAILED_KINDS,
    FAILING_ENDPOINTS,
    LOGS,
    LOOK_API,
    OLD_LOGS,
    PODS,
    PROVIDERS,
    QUEUE,
    ROLLBACK,
    SLOW_ENDPOINTS,
    SLOW_PROVIDERS,
    SLOW_QUERIES,
    metrics,
)
from asset_forge.monitoring._model import EVERY_JOB, Alert, Board, Runbook, Severity, Symptom
from asset_forge.monitoring.objectives import ANSWERED_AT_ONCE, USER_TRAFFIC

_REQUESTS = f"api_requests_by_endpoint_total{{{USER_TRAFFIC}}}"
_FAILED = f'api_requests_by_endpoint_total{{{USER_TRAFFIC},status_code=~"5.."}}'
_TIMED = f"api_response_time_by_endpoint_seconds_count{{{ANSWERED_AT_ONCE}}}"
_BUCKETS = f"api_response_time_by_endpoint_seconds_bucket{{{ANSWERED_AT_ONCE}}}"
_WITHIN_5S = f'api_response_time_by_endpoint_seconds_bucket{{{ANSWERED_AT_ONCE},le="5.0"}}'

_OWN: Final = 'job="asset-forge"'
"""The servers: workers with targets of their own have some of the metrics too."""

PROBES: Final = 'probe_success{job="asset-forge-probe"}'
"""A probe from outside, where one is set up, knows better than a scrape that times out."""

SERVICE_DOWN: Final = Alert(
    name="ServiceDown",
    severity=Severity.CRITICAL,
    expr=f'max(up{{job="asset-forge"}}) == 0\nunless on () max({PROBES}) == 1',
    hold="1m",
    summary="Asset-Forge is down",
    description="No instance answers its scrapes (up is {{ $value }} everywhere) for 1 minute.",
    board=Board.OVERVIEW,
    symptom=Symptom.SERVICE,
    runbook=Runbook(
        meaning="None of the scrape targets of the job `asset-forge` answers, on either metrics "
        "path, and no probe from outside succeeds.",
        users="Nothing works.",
        look=(
            "Does it answer at all: `curl -sS -m 5 $ASSET_FORGE/api/health/live`.",
            f"Do its processes run: `kubectl get pods -l {PODS}`, or "
            "`systemctl status asset-forge`.",
            f"How it ended: `{OLD_LOGS}`, or `journalctl -u asset-forge -n 50`. Exit code 2 is a "
            "setting that it cannot use, named in its last line.",
            "Whether only Prometheus cannot reach it: its page Status → Targets shows the error.",
        ),
        mend=(
            "Correct what the last log line names and start it: `kubectl rollout restart "
            "deploy/asset-forge`, or `asset-forge serve`.",
            f"If the last release broke it: {ROLLBACK}.",
            "Jobs that were running resume by themselves within a minute of the start.",
        ),
        over="`up` is 1 for all targets and `/api/health/ready` answers 200.",
    ),
)
HIGH_ERROR_RATE: Final = Alert(
    name="HighErrorRate",
    severity=Severity.CRITICAL,
    expr=f"sum(rate({_FAILED}[5m])) / sum(rate({_REQUESTS}[5m])) > 0.05\n"
    f"and sum(increase({_FAILED}[5m])) > 2",
    hold="5m",
    summary="More than 5 % of requests fail",
    description="{{ $value | humanizePercentage }} of the requests of the last 5 minutes were "
    "answered with a 5xx status.",
    board=Board.OVERVIEW,
    symptom=Symptom.AVAILABILITY,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="For 5 minutes more than 5 % of the requests, and more than two of them, ended in "
        "a 5xx. Probes and scrapes are not counted.",
        users="Requests fail; trying again may help.",
        look=(FAILING_ENDPOINTS, CAPTURED, LOGS, DEEP),
        mend=(
            f"If it began with a deploy (the dashboards mark them), roll back: {ROLLBACK}.",
            "503 on all endpoints: the database; see [DatabaseDown](DatabaseDown.md).",
            "507: see [LowDiskSpace](LowDiskSpace.md). Storage errors: see "
            "[StorageFailing](StorageFailing.md).",
            "One endpoint alone: its grouped error names file and line.",
        ),
        over="The share of the last 5 minutes, in the Error Rate panel, is below 5 % and stays "
        "there, while requests still come.",
    ),
)
HIGH_LATENCY: Final = Alert(
    name="HighLatency",
    severity=Severity.CRITICAL,
    expr=f"histogram_quantile(0.95, sum by (le) (rate({_BUCKETS}[5m]))) > 5\n"
    f"and sum(increase({_TIMED}[5m])) - sum(increase({_WITHIN_5S}[5m])) > 2",
    hold="5m",
    summary="The slowest 5 % of requests take more than 5 s",
    description="The 95th percentile of response times over 5 minutes is "
    "{{ $value | humanizeDuration }}.",
    board=Board.OVERVIEW,
    symptom=Symptom.LATENCY,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY),
    runbook=Runbook(
        meaning="For 5 minutes the 95th percentile of response times was above 5 s, with more "
        "than two requests that slow. Event streams are not counted.",
        users="Pages hang; clients with short time limits give up.",
        look=(SLOW_ENDPOINTS, SLOW_QUERIES, SLOW_PROVIDERS, DEEP),
        mend=(
            "Slow queries on all tables: see [DatabasePoolNearExhaustion]"
            "(DatabasePoolNearExhaustion.md), and the server of the database.",
            "No slow queries, and event loop lag on the Infrastructure dashboard: see "
            "[EventLoopStalled](EventLoopStalled.md).",
            "Uploads or downloads alone: the storage or the clients' lines are slow.",
        ),
        over="The P95 Latency panel, which looks back 5 minutes, is below 5 s and stays there, "
        "while requests still come.",
    ),
)
GENERATION_QUEUE_STALLED: Final = Alert(
    name="GenerationQueueStalled",
    severity=Severity.CRITICAL,
    expr="max(generation_queue_oldest_seconds) > seconds(10m)\n"
    'unless on () sum(increase(asset_generations_total{status=~"success|failure"}[10m])) > 0',
    hold="5m",
    summary="Generations wait, and none is finished",
    description="The oldest generation has waited for {{ $value | humanizeDuration }}, and none "
    "has succeeded or failed in the last 10 minutes.",
    board=Board.GENERATION,
    symptom=Symptom.GENERATION,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY),
    runbook=Runbook(
        meaning="A generation waits for its first step for more than 10 minutes while none "
        "succeeded or failed: nobody works on the queue. Users who give up and cancel what waits "
        "do not make it look alive.",
        users="New generations stay `queued`.",
        look=(
            QUEUE,
            "Does anything execute jobs: a `serve` with `RUN_JOBS=true` or a `worker` must run; "
            f"`kubectl get pods -l {PODS},component=worker`, or "
            "`pgrep -af 'asset-forge (serve|worker)'`.",
            FAILED_KINDS,
            LOGS,
        ),
        mend=(
            "Start a worker: `kubectl scale deploy/asset-forge-worker --replicas=3`, or "
            "`asset-forge worker`.",
            "If workers run and take nothing, restart one and read its first log lines: it names "
            "the queues that it listens to and the database that it uses.",
        ),
        over="`generation_queue_oldest_seconds` falls, and generations end again.",
    ),
)
METRICS_ABSENT: Final = Alert(
    name="MetricsAbsent",
    severity=Severity.CRITICAL,
    expr=f"""max(absent(up{{{_OWN}}})
or up{{{_OWN},metrics_path="/metrics"}} == 1
  unless on () count(asset_forge_build_info{{{_OWN}}}) > 0
or up{{{_OWN},metrics_path="/metrics/business"}} == 1
  unless on () count(asset_generations_total{{{_OWN}}}) > 0
or absent(slo_maintenance_active))""",
    hold="5m",
    summary="Prometheus has no data of Asset-Forge, or no objectives",
    description="Nothing is scraped, what is scraped holds no metrics of the service, or the "
    "objectives are not recorded (value {{ $value }}): alerts on them cannot fire.",
    board=Board.OVERVIEW,
    symptom=Symptom.MONITORING,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="Prometheus has no target of the job `asset-forge`; or one of the two paths "
        "answers, and without the service's metrics; or the rules that record the objectives "
        "(`rules/slo.yml`) are not loaded. Alerts on what is missing are blind.",
        users="Perhaps nothing; nobody would know.",
        look=(
            "Prometheus, Status → Targets: does the job have targets, and which error do they "
            "show.",
            f"What the service exposes: {metrics('^asset_generations_total')}. An error 401 here, "
            "as in Prometheus, is a wrong or missing `METRICS_TOKEN`.",
        ),
        mend=(
            "Restore the targets in `prometheus.yml` (`asset-forge monitoring render --target "
            "HOST:PORT`) or the service discovery, and reload Prometheus.",
            "If another program answers at the address, correct the address.",
            "If the query `slo_maintenance_active` returns nothing: load `rules/slo.yml` too.",
        ),
        over='`up{job="asset-forge"}` exists for both paths, and so do `asset_forge_build_info`, '
        "`asset_generations_total` and `slo_maintenance_active`.",
    ),
)
INSTANCE_DOWN: Final = Alert(
    name="InstanceDown",
    severity=Severity.WARNING,
    expr=f"max by (instance) (up{{{EVERY_JOB}}}) == 0\n"
    f"unless on (instance) max by (instance) ({PROBES}) == 1",
    hold="1m",
    summary="{{ $labels.instance }} is down",
    description="{{ $labels.instance }} answers no scrape (up is {{ $value }}) for 1 minute, "
    "others may.",
    board=Board.OVERVIEW,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="One instance answers on neither metrics path.",
        users="Little: the others serve. Less capacity.",
        look=(
            f"Its state: `kubectl get pods -l {PODS} -o wide` (`instance` has the IP address of "
            "the pod), `kubectl describe pod POD`.",
            "Its last words: `kubectl logs POD --previous --tail=50`, or "
            "`journalctl -u asset-forge -n 50`.",
        ),
        mend=(
            "Replace it: `kubectl delete pod POD`, or start the process again.",
            "If it is gone for good, remove its target and reload Prometheus.",
        ),
        over="`up` of the instance is 1, or its target is gone.",
    ),
)
HIGH_GENERATION_FAILURE_RATE: Final = Alert(
    name="HighGenerationFailureRate",
    severity=Severity.WARNING,
    expr="sum(rate(asset_generation_errors_total[5m]))\n"
    '/ sum(rate(asset_generations_total{status=~"success|failure"}[5m])) > 0.1',
    hold="10m",
    summary="More than 10 % of generations fail",
    description="{{ $value | humanizePercentage }} of the generations of the last 5 minutes "
    "failed.",
    board=Board.GENERATION,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.GENERATION),
    runbook=Runbook(
        meaning="For 10 minutes more than 10 % of the generations that ended had failed. "
        "Canceled ones are not counted.",
        users="Some of their generations end `failed`, with a reason in `error`.",
        look=(FAILED_KINDS, PROVIDERS, *LOOK_API[3:]),
        mend=(
            "One provider: see [ProviderFailing](ProviderFailing.md).",
            "`storage_full` or `storage_unavailable`: see [StorageFailing](StorageFailing.md).",
            "`invalid_request` or `content_rejected` of one asset type after a release: roll back.",
        ),
        over="The Success Rate panel of the generation dashboard is above 90 %.",
    ),
)
GENERATION_QUEUE_SLOW: Final = Alert(
    name="GenerationQueueSlow",
    severity=Severity.WARNING,
    expr="max(generation_queue_oldest_seconds) > seconds(5m)",
    hold="15m",
    summary="Generations wait for more than 5 minutes",
    description="The oldest generation has waited for {{ $value | humanizeDuration }}.",
    board=Board.GENERATION,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.GENERATION),
    runbook=Runbook(
        meaning="For 15 minutes the longest-waiting generation had waited for more than 5 minutes: "
        "more comes in than is worked off. (One that a provider throttles has begun; see "
        "[ProviderFailing](ProviderFailing.md).)",
        users="Generations begin late, and then succeed.",
        look=(QUEUE, PROVIDERS, SLOW_PROVIDERS),
        mend=("Add workers, or raise `JOB_CONCURRENCY`, if CPU and memory allow it.",),
        over="`generation_queue_oldest_seconds` is below 300.",
    ),
)

SERVICE_ALERTS: Final = (
    SERVICE_DOWN,
    HIGH_ERROR_RATE,
    HIGH_LATENCY,
    GENERATION_QUEUE_STALLED,
    METRICS_ABSENT,
    INSTANCE_DOWN,
    HIGH_GENERATION_FAILURE_RATE,
    GENERATION_QUEUE_SLOW,
)
