"""The metrics of generation, queue and providers, and the closed sets of their labels."""

from __future__ import annotations

from dataclasses import dataclass

from asset_forge.asset_types import AssetType
from asset_forge.generation.failures import ErrorType
from asset_forge.observability.metrics import (
    CounterDeclaration,
    CounterFamily,
    GaugeDeclaration,
    GaugeFamily,
    HistogramDeclaration,
    HistogramFamily,
    Label,
    Merge,
    Registry,
)

PROVIDERS = ("meshy", "openai", "anthropic", "elevenlabs", "procedural")

_TYPE = Label("type", tuple(AssetType))
_PROVIDER = Label("provider", PROVIDERS)
_MODEL = Label("model")  # the providers name their models; at most as many as the series limit

GENERATIONS = CounterDeclaration(
    "asset_generations_total",
    "Generations that ended, by asset type and how; cancelled ones are outside the objective.",
    (_TYPE, Label("status", ("success", "failure", "cancelled"))),
    endpoint="business",
)
GENERATION_DURATION = HistogramDeclaration(
    "asset_generation_duration_seconds",
    "Seconds from the start of a generation's first step to its success or failure.",
    (_TYPE,),
    endpoint="business",
    unit="seconds",
    buckets=(5.0, 10.0, 30.0, 60.0, 120.0, 180.0, 300.0),
)
GENERATION_ERRORS = CounterDeclaration(
    "asset_generation_errors_total",
    "Generations that failed, by asset type and cause.",
    (_TYPE, Label("error_type", tuple(ErrorType))),
    endpoint="business",
)
IN_PROGRESS = GaugeDeclaration(
    "generations_in_progress",
    "Generations whose steps are being executed.",
    (_TYPE,),
    endpoint="business",
    merge=Merge.SUM,
)
QUEUE_DEPTH = GaugeDeclaration(
    "generation_queue_depth",
    "Generations that wait for their first step.",
    endpoint="business",
    merge=Merge.NEWEST,
)
QUEUE_OLDEST = GaugeDeclaration(
    "generation_queue_oldest_seconds",
    "Seconds that the longest-waiting generation has waited for its first step; 0 for none.",
    endpoint="business",
    unit="seconds",
    merge=Merge.NEWEST,
)
AI_CALLS = CounterDeclaration(
    "ai_api_calls_total",
    "Operations asked of a provider, one for each however many requests it took.",
    (_PROVIDER, _MODEL, Label("status", ("success", "failure"))),
    endpoint="business",
)
AI_LATENCY = HistogramDeclaration(
    "ai_api_latency_seconds",
    "Seconds from an operation's first request to a provider to its result or failure.",
    (_PROVIDER, _MODEL),
    endpoint="business",
    unit="seconds",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0),
)
AI_TOKENS = CounterDeclaration(
    "ai_tokens_used_total",
    "Tokens consumed, as the provider counts them.",
    (_PROVIDER, _MODEL, Label("type", ("prompt", "completion"))),
    endpoint="business",
)
AI_COST = CounterDeclaration(
    "ai_cost_usd_total",
    "Cost of the operations in US dollars; the procedural provider's is zero.",
    (_PROVIDER, _MODEL),
    endpoint="business",
)

DECLARATIONS = (
    GENERATIONS,
    GENERATION_DURATION,
    GENERATION_ERRORS,
    IN_PROGRESS,
    QUEUE_DEPTH,
    QUEUE_OLDEST,
    AI_CALLS,
    AI_LATENCY,
    AI_TOKENS,
    AI_COST,
)


@dataclass(frozen=True, slots=True)
class GenerationMetrics:
    """The families that the pipeline and the provider door move."""

    generations: CounterFamily
    duration: HistogramFamily
    errors: CounterFamily
    in_progress: GaugeFamily
    queue_depth: GaugeFamily
    queue_oldest: GaugeFamily
    calls: CounterFamily
    latency: HistogramFamily
    tokens: CounterFamily
    cost: CounterFamily

    @classmethod
    def of(cls, registry: Registry) -> GenerationMetrics:
        """Take the families from a registry in which `DECLARATIONS` are declared."""
        return cls(
            generations=registry.counter(GENERATIONS),
            duration=registry.histogram(GENERATION_DURATION),
            errors=registry.counter(GENERATION_ERRORS),
            in_progress=registry.gauge(IN_PROGRESS),
            queue_depth=registry.gauge(QUEUE_DEPTH),
            queue_oldest=registry.gauge(QUEUE_OLDEST),
            calls=registry.counter(AI_CALLS),
            latency=registry.histogram(AI_LATENCY),
            tokens=registry.counter(AI_TOKENS),
            cost=registry.counter(AI_COST),
        )
