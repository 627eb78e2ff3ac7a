"""Generations: the queue, what fails, and which provider."""

from __future__ import annotations

from collections.abc import Iterator

from asset_forge.clock import spoken
from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._health import part
from asset_forge.doctor._questions import (
    ENDED_GENERATIONS,
    FAILED_GENERATIONS,
    FAILED_PROVIDER_CALLS,
    GENERATION_ERRORS,
    PROVIDER_CALLS,
    PROVIDER_ERRORS,
)
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict

_SHOWN = 5
_REFUSALS = {
    "authentication": ("A provider rejects the API key", "ProviderCredentialsRejected"),
    "quota_exhausted": ("A provider is out of credit", "ProviderOutOfCredit"),
}


def queue(seen: Evidence) -> Iterator[Verdict]:
    """Whether generations wait too long for their first step."""
    samples = seen.service.business
    oldest = samples and samples.value("generation_queue_oldest_seconds")
    if samples is None or oldest is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no queue metrics were seen"))
        return
    depth = samples.total("generation_queue_depth")
    busy = samples.total("generations_in_progress")
    shown = f"{depth:,.0f} wait, the oldest for {spoken(oldest)}; {busy:,.0f} are being made"
    if oldest > limits.QUEUE_STALLED_SECONDS and not busy:
        yield Found("The queue is stalled", "GenerationQueueStalled", (shown,), severity="critical")
    elif oldest > limits.QUEUE_SLOW_SECONDS:
        yield Found("Generations wait too long", "GenerationQueueSlow", (shown,))
    else:
        yield Fine(f"queue: {shown}")


def failed_generations(seen: Evidence) -> Iterator[Verdict]:
    """Which types fail, and why."""
    ended, failed = seen.answers(ENDED_GENERATIONS), seen.answers(FAILED_GENERATIONS)
    causes = seen.answers(GENERATION_ERRORS)
    if ended is None or failed is None or causes is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    bad, total, when = sum(failed[0].values()), sum(ended[0].values()), failed[1]
    past = "Prometheus" not in when and seen.failed_within_an_hour("generation") is False
    if past or not total or bad / total <= limits.GENERATION_FAILURE_RATIO:
        recent = "; none of them within the last hour" if past and bad else ""
        yield Fine(f"{bad:,.0f} of {total:,.0f} generations failed {when}{recent}")
        return
    worst = sorted(failed[0].items(), key=lambda item: -item[1])[:_SHOWN]
    kinds = ", ".join(f"{count:,.0f}× {key[0]}" for key, count in causes[0].items())
    yield Found(
        f"{bad / total:.1%} of the generations failed {when}",
        "HighGenerationFailureRate",
        (
            *(f"{key[0]}: {n:,.0f} of {ended[0].get(key, 0.0):,.0f}" for key, n in worst),
            f"causes: {kinds or 'none recorded'}",
        ),
    )


def poisoned(seen: Evidence) -> Iterator[Verdict]:
    """Whether generations killed their workers again and again."""
    causes = seen.answers(GENERATION_ERRORS)
    if causes is None:
        return
    count = causes[0].get(("poisoned",), 0.0)
    if count:
        yield Found(
            f"{count:,.0f} generations killed their worker again and again {causes[1]}",
            "PoisonedGeneration",
        )


def providers(seen: Evidence) -> Iterator[Verdict]:
    """Which providers fail."""
    calls, failures = seen.answers(PROVIDER_CALLS), seen.answers(FAILED_PROVIDER_CALLS)
    if calls is None or failures is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    any_failing = False
    for key, bad in failures[0].items():
        total = calls[0].get(key, bad)
        if bad / total > limits.PROVIDER_FAILURE_RATIO:
            any_failing = True
            yield Found(
                f"The provider {key[0]} fails",
                "ProviderFailing",
                (f"{bad:,.0f} of {total:,.0f} operations failed {calls[1]}", *_kinds(seen, key[0])),
            )
    if not any_failing:
        bad, total = sum(failures[0].values()), sum(calls[0].values())
        yield Fine(f"{bad:,.0f} of {total:,.0f} operations of providers failed {calls[1]}")


def _kinds(seen: Evidence, provider: str) -> tuple[str, ...]:
    asked = seen.answers(PROVIDER_ERRORS)
    found = asked[0] if asked is not None else {}
    kinds = [f"{n:,.0f}× {kind}" for (name, kind), n in found.items() if name == provider]
    return (", ".join(kinds),) if kinds else ()


def refused_providers(seen: Evidence) -> Iterator[Verdict]:
    """Whether a provider rejects the credentials, or is out of credit."""
    by_provider, causes = seen.answers(PROVIDER_ERRORS), seen.answers(GENERATION_ERRORS)
    if by_provider is None or causes is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    fine = True
    for kind, (summary, runbook) in _REFUSALS.items():
        named = [f"{name}: {n:,.0f}×" for (name, k), n in by_provider[0].items() if k == kind]
        count = causes[0].get((kind,), 0.0)
        if named or count:
            fine = False
            evidence = (*named, f"{count:,.0f} generations failed of {kind} {causes[1]}")
            yield Found(summary, runbook, evidence)
    if fine:
        yield Fine(f"no provider rejected a key or ran out of credit {causes[1]}")


def resting_providers(seen: Evidence) -> Iterator[Verdict]:
    """Which providers are left alone for a while since they kept failing."""
    samples = seen.service.business
    if samples is None:
        return
    for sample in samples.of("ai_circuit_breaker_state"):
        if sample.value > 0:
            name = sample.labels.get("provider", "")
            yield Found(
                f"The provider {name} is left alone since it kept failing",
                "ProviderFailing",
                (f"ai_circuit_breaker_state is {sample.value:g}", *_kinds(seen, name)),
            )


def spending(seen: Evidence) -> Iterator[Verdict]:
    """How much of the day's limit on spending is spent."""
    samples = seen.service.business
    limit = samples and samples.value("ai_spend_day_limit_usd")
    if samples is None or not limit:
        return
    spent = samples.total("ai_spend_day_usd")
    shown = f"{spent:,.2f} of {limit:,.2f} US dollars of this day (UTC) are spent"
    if spent / limit >= limits.SPEND_RATIO:
        yield Found("The day's limit on spending is near", "AISpendLimitNear", (shown,))
    else:
        yield Fine(shown)


def provider_part(seen: Evidence) -> Iterator[Verdict]:
    """How the last calls of each configured provider went."""
    yield from part(seen, "externalAPIs")
