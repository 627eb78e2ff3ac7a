"""The dashboard of generation: how many, how well, how fast."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._burn_rules import burn_alerts
from asset_forge.monitoring._model import Board
from asset_forge.monitoring.alerts.providers import (
    POISONED,
    PROVIDER_CREDENTIALS,
    PROVIDER_CREDIT,
    PROVIDER_FAILING,
)
from asset_forge.monitoring.alerts.service import (
    GENERATION_QUEUE_SLOW,
    GENERATION_QUEUE_STALLED,
    HIGH_GENERATION_FAILURE_RATE,
)
from asset_forge.monitoring.dashboards._model import (
    ASSET_TYPE,
    ERRORS,
    FAILED_TRACES,
    INSTANCE,
    LONG_TRACES,
    SLOW_TRACES,
    Dashboard,
    Kind,
    Panel,
    Query,
    Unit,
)
from asset_forge.monitoring.dashboards._queries import INSTANCES, RATE, quantile
from asset_forge.monitoring.objectives import GENERATION as GENERATION_OBJECTIVE

_T: Final = f'{INSTANCES},type=~"$type"'
_DURATION: Final = f"asset_generation_duration_seconds_bucket{{{_T}}}"
_ENDED: Final = f'asset_generations_total{{{_T},status=~"success|failure"}}'
_SUCCEEDED: Final = f'asset_generations_total{{{_T},status="success"}}'
_CALLS: Final = f"ai_api_calls_total{{{INSTANCES}}}"
_FAILED_CALLS: Final = f'ai_api_calls_total{{{INSTANCES},status="failure"}}'

GENERATION: Final = Dashboard(
    Board.GENERATION,
    "How many generations, how well, how fast.",
    (
        Panel(
            "Generation Rate",
            "Generations that ended per second, by type.",
            Unit.OPERATIONS,
            (Query(f"sum by (type) (rate(asset_generations_total{{{_T}}}{RATE}))", "{{type}}"),),
            (GENERATION_QUEUE_STALLED, Board.OVERVIEW),
            stacked=True,
        ),
        Panel(
            "Success Rate",
            "Share that succeeded of those that were not canceled; the objective is 90 %.",
            Unit.RATIO,
            (
                Query(
                    f"sum by (type) (rate({_SUCCEEDED}{RATE}))"
                    f" / sum by (type) (rate({_ENDED}{RATE}))",
                    "{{type}}",
                ),
                Query(f"sum(rate({_SUCCEEDED}{RATE})) / sum(rate({_ENDED}{RATE}))", "all"),
            ),
            (HIGH_GENERATION_FAILURE_RATE, *burn_alerts(GENERATION_OBJECTIVE), Board.SLO, ERRORS),
            looks_back="5m",
            thresholds=(("red", 0.9),),
            good_above=True,
            maximum=1,
        ),
        Panel(
            "Generation Duration",
            "From the first step to the end, by type.",
            Unit.SECONDS,
            (
                Query(quantile(0.5, _DURATION, "type"), "{{type}} p50"),
                Query(quantile(0.95, _DURATION, "type"), "{{type}} p95"),
                Query(quantile(0.99, _DURATION, "type"), "{{type}} p99"),
            ),
            (Board.INFRASTRUCTURE, LONG_TRACES),
            thresholds=(("orange", 120),),
        ),
        Panel(
            "Slow Generations",
            "Those that took more than 2 minutes, per second.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (type) (rate(asset_generation_duration_seconds_count{{{_T}}}{RATE}))"
                    " - sum by (type) (rate(asset_generation_duration_seconds_bucket"
                    f'{{{_T},le="120.0"}}{RATE}))',
                    "{{type}}",
                ),
            ),
            (Board.INFRASTRUCTURE, LONG_TRACES),
        ),
        Panel(
            "Error Breakdown",
            "The most frequent reasons of failure within the time shown.",
            Unit.NUMBER,
            (
                Query(
                    "topk(10, sum by (error_type) (increase("
                    f"asset_generation_errors_total{{{_T}}}[$__range])) > 0)",
                    "{{error_type}}",
                ),
            ),
            (HIGH_GENERATION_FAILURE_RATE, POISONED, Board.SLO, ERRORS, FAILED_TRACES),
            kind=Kind.BARS,
        ),
        Panel(
            "AI API Latency",
            "95 % of the operations asked of a provider take less than this.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.95, f"ai_api_latency_seconds_bucket{{{INSTANCES}}}", "provider"),
                    "{{provider}} p95",
                ),
                Query(
                    quantile(0.5, f"ai_api_latency_seconds_bucket{{{INSTANCES}}}", "provider"),
                    "{{provider}} p50",
                ),
            ),
            (Board.AI_COST, SLOW_TRACES),
        ),
        Panel(
            "AI API Failures",
            "Share of the operations asked of a provider that failed; ProviderFailing above 5 %.",
            Unit.RATIO,
            (
                Query(
                    f"sum by (provider) (rate({_FAILED_CALLS}{RATE}))"
                    f" / sum by (provider) (rate({_CALLS}{RATE}))",
                    "{{provider}}",
                ),
            ),
            (
                PROVIDER_FAILING,
                PROVIDER_CREDENTIALS,
                PROVIDER_CREDIT,
                Board.AI_COST,
                ERRORS,
                FAILED_TRACES,
            ),
            looks_back="5m",
            thresholds=(("red", 0.05),),
        ),
        Panel(
            "Token Usage",
            "Tokens per second, by provider and kind.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (provider, type) (rate(ai_tokens_used_total{{{INSTANCES}}}{RATE}))",
                    "{{provider}} {{type}}",
                ),
            ),
            (Board.AI_COST,),
            stacked=True,
        ),
        Panel(
            "Queue",
            "Generations that wait, and those in progress.",
            Unit.NUMBER,
            (
                Query(f"max(generation_queue_depth{{{INSTANCES}}})", "waiting"),
                Query(f"sum(generations_in_progress{{{_T}}})", "in progress"),
            ),
            (GENERATION_QUEUE_STALLED, GENERATION_QUEUE_SLOW, Board.INFRASTRUCTURE),
        ),
        Panel(
            "Longest Wait",
            "How long the oldest one has waited; alerts fire from 5 and 10 minutes on.",
            Unit.SECONDS,
            (Query(f"max(generation_queue_oldest_seconds{{{INSTANCES}}})", "oldest"),),
            (GENERATION_QUEUE_STALLED, GENERATION_QUEUE_SLOW, Board.INFRASTRUCTURE),
            thresholds=(("orange", 300), ("red", 600)),
        ),
    ),
    (INSTANCE, ASSET_TYPE),
)
