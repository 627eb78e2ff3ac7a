"""Telemetry about telemetry: what is lost, folded, failing; and the dead-man's switch."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._look import LOGS, metrics, query
from asset_forge.monitoring._model import EVERY_JOB, Alert, Board, Runbook, Severity, Symptom
from asset_forge.monitoring.alerts._rising import rising

INVENTED_VERBS: Final = 100

WATCHDOG: Final = Alert(
    name="Watchdog",
    severity=Severity.NONE,
    expr="vector(1)",
    hold="",
    summary="The alerts work",
    description="This alert always fires. When it stops, Prometheus, Alertmanager or the line "
    "between them is broken.",
    board=Board.OVERVIEW,
    runbook=Runbook(
        meaning="The dead-man's switch: it fires always, and Alertmanager repeats it to a "
        "heartbeat service, which raises the alarm when it stays out.",
        users="Nothing; but nobody would be told of anything.",
        look=(
            "Prometheus: `curl -s $PROMETHEUS/-/healthy`, and its page Status → Rules.",
            "Alertmanager: `amtool alert query --alertmanager.url=http://localhost:9093`.",
            "The way out: `amtool config routes test --config.file=deploy/alertmanager/"
            "alertmanager.yml alertname=Watchdog severity=none` answers `heartbeat`.",
        ),
        mend=("Start what has stopped; restore the network to the heartbeat service.",),
        over="The heartbeat service sees beats again.",
    ),
)
SCRAPE_FAILING: Final = Alert(
    name="ScrapeFailing",
    severity=Severity.WARNING,
    expr=f"up{{{EVERY_JOB}}} == 0",
    hold="5m",
    summary="{{ $labels.metrics_path }} of {{ $labels.instance }} cannot be scraped",
    description="The scrape fails (up is {{ $value }}) for 5 minutes.",
    board=Board.OVERVIEW,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="One metrics path does not answer in time, or not with metrics. Its panels show "
        "no data, and its alerts are blind.",
        users="Nothing.",
        look=(
            "The error: Prometheus, Status → Targets.",
            "By hand, with its time: `curl -sS -o /dev/null -w '%{http_code} %{time_total}\\n' "
            '-H "Authorization: Bearer $METRICS_TOKEN" $ASSET_FORGE/metrics` and the same of '
            "`/metrics/business`.",
        ),
        mend=(
            "401: give the scrape the token of `METRICS_TOKEN`.",
            "Slow: see [SeriesOverflow](SeriesOverflow.md) and [EventLoopStalled]"
            "(EventLoopStalled.md).",
        ),
        over="`up` of the target is 1.",
    ),
)
SERIES_OVERFLOW: Final = Alert(
    name="SeriesOverflow",
    severity=Severity.WARNING,
    # A scanner tries a few verbs that HTTP has not, on any service that strangers reach. Nothing
    # else is folded by what strangers send.
    expr=rising('metrics_series_overflow_total{metric!="http_requests_total"}', "metric", "15m")
    + " > 0\nor\n"
    + rising('metrics_series_overflow_total{metric="http_requests_total"}', "metric", "15m")
    + f" > {INVENTED_VERBS}",
    hold="1m",
    summary="Label values of {{ $labels.metric }} are made up, or too many",
    description='{{ $value | printf "%.0f" }} uses of {{ $labels.metric }} within 15 minutes '
    "were folded into `__overflow__`, or for an invented HTTP verb into `other`.",
    board=Board.INFRASTRUCTURE,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="A metric has reached its limit of series; further label values are counted "
        "together under `__overflow__`. Memory is safe; detail is lost. For `http_requests_total` "
        f"it also means that strangers make up HTTP verbs, more than {INVENTED_VERBS} times within "
        "15 minutes: those count as `other`.",
        users="Nothing.",
        look=(
            "Which label grows (METRIC is the alert's `metric`): "
            f"{metrics('^METRIC')}; for metrics of requests and processes "
            f"{metrics('^METRIC', '/metrics')}.",
        ),
        mend=(
            "A caller makes up values: close the set of the label, or normalize it.",
            "More values are right: raise the metric's series limit in the catalog.",
            "A restart of all processes of the group empties the series.",
        ),
        over="The counter does not rise for 15 minutes.",
    ),
)
TELEMETRY_LOST: Final = Alert(
    name="TelemetryLost",
    severity=Severity.WARNING,
    expr=rising("telemetry_dropped_total", "sink", "10m") + " > 0",
    hold="5m",
    summary="Telemetry is lost: {{ $labels.sink }}",
    description='{{ $value | printf "%.0f" }} items for {{ $labels.sink }} were dropped within '
    "10 minutes.",
    board=Board.INFRASTRUCTURE,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="A sink takes less than is produced, or nothing. Buffers are bounded, and "
        "requests never wait for them, so the rest is dropped and counted.",
        users="Nothing.",
        look=(
            "Which sink, and where: "
            + query("sum by (instance, sink) (increase(telemetry_dropped_total[15m])) > 0")
            + ".",
            "`log`: does the reader of standard output read. `sentry`: is its host reachable. "
            "`traces`: is the collector of `OTEL_EXPORTER_OTLP_ENDPOINT` reachable. "
            "`errors`: is the database writable. `metrics`: the log names the metric that refused "
            "a value.",
        ),
        mend=(
            "Restore the sink; the service goes on sending by itself.",
            "Too much is logged: `PUT /api/admin/log-levels`.",
        ),
        over="The counter does not rise for 10 minutes.",
    ),
)
COLLECTOR_FAILING: Final = Alert(
    name="CollectorFailing",
    severity=Severity.WARNING,
    expr=rising("metrics_collector_errors_total", "collector", "10m") + " > 0",
    hold="5m",
    summary="The collector {{ $labels.collector }} fails",
    description='It failed {{ $value | printf "%.0f" }} times within 10 minutes; its lines are '
    "missing from the exposition.",
    board=Board.INFRASTRUCTURE,
    silenced_by=(Symptom.SERVICE,),
    runbook=Runbook(
        meaning="A part of the exposition could not be collected. Everything else is served.",
        users="Nothing.",
        look=(
            LOGS,
            "Which collector, and where: "
            + query("sum by (instance, collector) (metrics_collector_errors_total) > 0")
            + ".",
            'The files of the group: `ls -l "$ASSET_FORGE_DATA_DIR/metrics"`.',
        ),
        mend=("Mend what the log names; remove a foreign file from the metrics directory.",),
        over="The counter does not rise for 10 minutes.",
    ),
)
SAMPLE_FAILING: Final = Alert(
    name="BackgroundSampleFailing",
    severity=Severity.WARNING,
    expr="sum by (sample) (increase(background_sample_errors_total[10m])) > 0",
    hold="5m",
    summary="The gauges of {{ $labels.sample }} are stale",
    description='The background sample {{ $labels.sample }} failed {{ $value | printf "%.0f" }} '
    "times within 10 minutes; its gauges keep their last value.",
    board=Board.INFRASTRUCTURE,
    silenced_by=(Symptom.SERVICE, Symptom.AVAILABILITY),
    runbook=Runbook(
        meaning="Sessions, queue or storage could not be measured: alerts on them see the past.",
        users="Nothing.",
        look=(
            LOGS,
            "Which sample, and where: "
            + query("sum by (instance, sample) (increase(background_sample_errors_total[15m])) > 0")
            + ".",
        ),
        mend=("Mend what the log names, mostly the database: [DatabaseDown](DatabaseDown.md).",),
        over="The counter does not rise for 10 minutes.",
    ),
)

TELEMETRY_ALERTS: Final = (
    WATCHDOG,
    SCRAPE_FAILING,
    SERIES_OVERFLOW,
    TELEMETRY_LOST,
    COLLECTOR_FAILING,
    SAMPLE_FAILING,
)
