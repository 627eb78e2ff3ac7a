"""The dashboard of what the providers cost."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._model import Board
from asset_forge.monitoring.alerts.providers import (
    AI_SPEND,
    AI_SPEND_LIMIT,
    PROVIDER_CREDIT,
    PROVIDER_FAILING,
    SPEND_PER_HOUR_USD,
    SPEND_SHARE,
)
from asset_forge.monitoring.dashboards._model import (
    Dashboard,
    Kind,
    Panel,
    Query,
    Unit,
)
from asset_forge.monitoring.dashboards._queries import INSTANCES, RATE

_SUCCEEDED: Final = f'asset_generations_total{{{INSTANCES},status="success"}}'
_TOKENS: Final = f"ai_tokens_used_total{{{INSTANCES}}}"

AI_COST: Final = Dashboard(
    Board.AI_COST,
    "What the providers cost.",
    (
        Panel(
            "Spent in the Last Hour",
            f"AISpendHigh fires above {SPEND_PER_HOUR_USD:g} dollars.",
            Unit.DOLLARS,
            (Query(f"sum(increase(ai_cost_usd_total{{{INSTANCES}}}[1h]))", "last hour"),),
            (AI_SPEND, Board.GENERATION),
            thresholds=(("red", SPEND_PER_HOUR_USD),),
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Spent in the Time Shown",
            "All providers.",
            Unit.DOLLARS,
            (Query(f"sum(increase(ai_cost_usd_total{{{INSTANCES}}}[$__range]))", "all"),),
            (AI_SPEND, Board.GENERATION),
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Cost of a Success",
            "Dollars spent for each generation that succeeded, over the last hour.",
            Unit.DOLLARS,
            (
                Query(
                    f"sum(increase(ai_cost_usd_total{{{INSTANCES}}}[1h]))"
                    f" / (sum(increase({_SUCCEEDED}[1h])) > 0)",
                    "each",
                ),
            ),
            (AI_SPEND, Board.GENERATION),
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Spent Today",
            "Since midnight UTC, over all processes; AISpendLimitNear fires at "
            f"{SPEND_SHARE:.0%} of what may be spent on a day.",
            Unit.DOLLARS,
            (Query(f"max(ai_spend_day_usd{{{INSTANCES}}})", "today"),),
            (AI_SPEND_LIMIT, Board.GENERATION),
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Cost per Hour by Provider",
            "Dollars per hour at the pace of the moment.",
            Unit.DOLLARS,
            (
                Query(
                    f"sum by (provider) (rate(ai_cost_usd_total{{{INSTANCES}}}{RATE})) * 3600",
                    "{{provider}}",
                ),
            ),
            (AI_SPEND, Board.GENERATION),
            stacked=True,
        ),
        Panel(
            "Cost by Model",
            "Dollars within the time shown.",
            Unit.DOLLARS,
            (
                Query(
                    "topk(10, sum by (provider, model) (increase("
                    f"ai_cost_usd_total{{{INSTANCES}}}[$__range])) > 0)",
                    "{{provider}} {{model}}",
                ),
            ),
            (AI_SPEND, Board.GENERATION),
            kind=Kind.BARS,
        ),
        Panel(
            "Calls by Model",
            "Operations per second.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (provider, model) (rate(ai_api_calls_total{{{INSTANCES}}}{RATE}))",
                    "{{provider}} {{model}}",
                ),
            ),
            (PROVIDER_FAILING, PROVIDER_CREDIT, Board.GENERATION),
        ),
        Panel(
            "Tokens by Model",
            "Tokens per second.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (provider, model, type) (rate({_TOKENS}{RATE}))",
                    "{{provider}} {{model}} {{type}}",
                ),
            ),
            (Board.GENERATION,),
        ),
    ),
)
