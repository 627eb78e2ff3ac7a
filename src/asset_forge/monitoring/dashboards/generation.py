"""The dashboards of generation: how it performs, and what it costs."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._model import Board
from asset_forge.monitoring.alerts.providers import SPEND_PER_HOUR_USD
from asset_forge.monitoring.dashboards._model import (
    ASSET_TYPE,
    INSTANCE,
    Dashboard,
    Kind,
    Panel,
    Query,
    Unit,
)
from asset_forge.monitoring.dashboards.service import quantile

_I: Final = 'instance=~"$instance"'
_T: Final = 'instance=~"$instance",type=~"$type"'
_R: Final = "[$__rate_interval]"
_DURATION: Final = f"asset_generation_duration_seconds_bucket{{{_T}}}"
_ENDED: Final = f'asset_generations_total{{{_T},status=~"success|failure"}}'
_SUCCEEDED: Final = f'asset_generations_total{{{_T},status="success"}}'

GENERATION: Final = Dashboard(
    Board.GENERATION,
    "Asset Generation Performance",
    "How many generations, how well, how fast.",
    (
        Panel(
            "Generation Rate",
            "Generations that ended per second, by type.",
            Unit.OPERATIONS,
            (Query(f"sum by (type) (rate(asset_generations_total{{{_T}}}{_R}))", "{{type}}"),),
            stacked=True,
        ),
        Panel(
            "Success Rate",
            "Share that succeeded of those that were not canceled; the objective is 90 %.",
            Unit.RATIO,
            (
                Query(
                    f"sum by (type) (rate({_SUCCEEDED}{_R})) / sum by (type) (rate({_ENDED}{_R}))",
                    "{{type}}",
                ),
                Query(f"sum(rate({_SUCCEEDED}{_R})) / sum(rate({_ENDED}{_R}))", "all"),
            ),
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
                Query(quantile(0.95, _DURATION, "type"), "{{type}} p95", exemplar=True),
                Query(quantile(0.99, _DURATION, "type"), "{{type}} p99"),
            ),
            thresholds=(("orange", 120),),
        ),
        Panel(
            "Slow Generations",
            "Those that took more than 2 minutes, per second.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (type) (rate(asset_generation_duration_seconds_count{{{_T}}}{_R}))"
                    " - sum by (type) (rate(asset_generation_duration_seconds_bucket"
                    f'{{{_T},le="120.0"}}{_R}))',
                    "{{type}}",
                ),
            ),
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
            kind=Kind.BARS,
        ),
        Panel(
            "AI API Latency",
            "95 % of the operations asked of a provider take less than this.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.95, f"ai_api_latency_seconds_bucket{{{_I}}}", "provider"),
                    "{{provider}} p95",
                    exemplar=True,
                ),
                Query(
                    quantile(0.5, f"ai_api_latency_seconds_bucket{{{_I}}}", "provider"),
                    "{{provider}} p50",
                ),
            ),
        ),
        Panel(
            "AI API Failures",
            "Share of the operations asked of a provider that failed; the alert fires above 5 %.",
            Unit.RATIO,
            (
                Query(
                    'sum by (provider) (rate(ai_api_calls_total{status="failure",'
                    f"{_I}}}{_R})) / sum by (provider) (rate(ai_api_calls_total{{{_I}}}{_R}))",
                    "{{provider}}",
                ),
            ),
            thresholds=(("red", 0.05),),
        ),
        Panel(
            "Token Usage",
            "Tokens per second, by provider and kind.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (provider, type) (rate(ai_tokens_used_total{{{_I}}}{_R}))",
                    "{{provider}} {{type}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            "Queue",
            "Generations that wait, and those in progress.",
            Unit.NUMBER,
            (
                Query(f"max(generation_queue_depth{{{_I}}})", "waiting"),
                Query(f"sum(generations_in_progress{{{_T}}})", "in progress"),
            ),
        ),
        Panel(
            "Longest Wait",
            "How long the oldest one has waited; alerts fire from 5 and 10 minutes on.",
            Unit.SECONDS,
            (Query(f"max(generation_queue_oldest_seconds{{{_I}}})", "oldest"),),
            thresholds=(("orange", 300), ("red", 600)),
        ),
    ),
    (INSTANCE, ASSET_TYPE),
)

AI_COST: Final = Dashboard(
    Board.AI_COST,
    "AI Cost",
    "What the providers cost.",
    (
        Panel(
            "Spent in the Last Hour",
            f"AISpendHigh fires above {SPEND_PER_HOUR_USD:g} dollars.",
            Unit.DOLLARS,
            (Query(f"sum(increase(ai_cost_usd_total{{{_I}}}[1h]))", "last hour"),),
            thresholds=(("red", SPEND_PER_HOUR_USD),),
            kind=Kind.STAT,
            width=8,
        ),
        Panel(
            "Spent in the Time Shown",
            "All providers.",
            Unit.DOLLARS,
            (Query(f"sum(increase(ai_cost_usd_total{{{_I}}}[$__range]))", "all"),),
            kind=Kind.STAT,
            width=8,
        ),
        Panel(
            "Cost of a Success",
            "Dollars spent for each generation that succeeded, over the last hour.",
            Unit.DOLLARS,
            (
                Query(
                    f"sum(increase(ai_cost_usd_total{{{_I}}}[1h]))"
                    f' / (sum(increase(asset_generations_total{{{_I},status="success"}}[1h])) > 0)',
                    "each",
                ),
            ),
            kind=Kind.STAT,
            width=8,
        ),
        Panel(
            "Cost per Hour by Provider",
            "Dollars per hour at the pace of the moment.",
            Unit.DOLLARS,
            (
                Query(
                    f"sum by (provider) (rate(ai_cost_usd_total{{{_I}}}{_R})) * 3600",
                    "{{provider}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            "Cost by Model",
            "Dollars within the time shown.",
            Unit.DOLLARS,
            (
                Query(
                    "topk(10, sum by (provider, model) (increase("
                    f"ai_cost_usd_total{{{_I}}}[$__range])) > 0)",
                    "{{provider}} {{model}}",
                ),
            ),
            kind=Kind.BARS,
        ),
        Panel(
            "Calls by Model",
            "Operations per second.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (provider, model) (rate(ai_api_calls_total{{{_I}}}{_R}))",
                    "{{provider}} {{model}}",
                ),
            ),
        ),
        Panel(
            "Tokens by Model",
            "Tokens per second.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (provider, model, type) (rate(ai_tokens_used_total{{{_I}}}{_R}))",
                    "{{provider}} {{model}} {{type}}",
                ),
            ),
        ),
    ),
)
