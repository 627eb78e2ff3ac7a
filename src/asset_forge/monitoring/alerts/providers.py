"""AI providers: failing, refusing, out of credit, or expensive; jobs that kill their workers."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._look import (
    CAPTURED,
    FAILED_KINDS,
    LOGS,
    PROVIDERS,
    SLOW_PROVIDERS,
    operators,
)
from asset_forge.monitoring._model import Alert, Board, Runbook, Severity, Symptom
from asset_forge.monitoring.alerts._rising import rising

_GENERATION: Final = (Symptom.SERVICE, Symptom.AVAILABILITY, Symptom.GENERATION)
"""Each of these makes generations fail, or fails with them: under their page it is no news."""

SPEND_PER_HOUR_USD: Final = 20.0
SPEND_SHARE: Final = 0.9

PROVIDER_FAILING: Final = Alert(
    name="ProviderFailing",
    severity=Severity.WARNING,
    # One that is left alone is asked too seldom for a rate: at last less than once in 5 minutes.
    # The value is then 2, which no share is.
    expr='sum by (provider) (rate(ai_api_calls_total{status="failure"}[5m]))\n'
    "/ sum by (provider) (rate(ai_api_calls_total[5m])) > 0.05\n"
    "or 2 * (max by (provider) (ai_circuit_breaker_state) > bool 0) == 2",
    hold="10m",
    summary="{{ $labels.provider }} fails",
    description="{{ if gt $value 1.0 }}{{ $labels.provider }} failed so often that it is left "
    "alone but for a trial now and then.{{ else }}{{ $value | humanizePercentage }} of the "
    "operations asked of {{ $labels.provider }} in the last 5 minutes failed.{{ end }}",
    board=Board.GENERATION,
    silenced_by=_GENERATION,
    runbook=Runbook(
        meaning="For 10 minutes more than 5 % of the operations asked of one provider failed "
        "after their retries, or it failed so often that it is left alone but for a trial now and "
        "then (`ai_circuit_breaker_state`).",
        users="Generations that this provider makes fail, or begin late where it throttles; others "
        "do not.",
        look=(PROVIDERS, FAILED_KINDS, SLOW_PROVIDERS, "The provider's own status page."),
        mend=(
            "Wait and watch if the provider reports an outage.",
            "Generate with another provider meanwhile (`provider` in the request).",
            "`rate_limited` or `concurrency_limited`: nothing is lost, jobs wait in the queue. Ask "
            "the provider for higher limits, or let fewer run at once (`MESHY_CONCURRENCY`, "
            "`OPENAI_CONCURRENCY`, `ANTHROPIC_CONCURRENCY`, `ELEVENLABS_CONCURRENCY`).",
            "`authentication`: see [ProviderCredentialsRejected](ProviderCredentialsRejected.md). "
            "`quota_exhausted`: see [ProviderOutOfCredit](ProviderOutOfCredit.md).",
        ),
        over="The provider's failure ratio is below 5 %.",
    ),
)
PROVIDER_CREDENTIALS: Final = Alert(
    name="ProviderCredentialsRejected",
    severity=Severity.WARNING,
    expr='sum by (provider) (increase(ai_api_errors_total{error_type="authentication"}[10m])) > 0',
    hold="2m",
    summary="{{ $labels.provider }} rejects our credentials",
    description='{{ $labels.provider }} refused {{ $value | printf "%.0f" }} requests of the last '
    "10 minutes since it does not accept the API key for them.",
    board=Board.GENERATION,
    silenced_by=_GENERATION,
    runbook=Runbook(
        meaning="A provider answers that the key is wrong, expired or not allowed. Such calls are "
        "not tried again.",
        users="Every generation by this provider fails.",
        look=(PROVIDERS, FAILED_KINDS, CAPTURED),
        mend=(
            "Make a new key in the provider's console and set `MESHY_API_KEY`, `OPENAI_API_KEY`, "
            "`ANTHROPIC_API_KEY` or `ELEVENLABS_API_KEY`; restart.",
        ),
        over="No error of the type `authentication` for 10 minutes.",
    ),
)
PROVIDER_CREDIT: Final = Alert(
    name="ProviderOutOfCredit",
    severity=Severity.WARNING,
    expr='sum by (provider) (increase(ai_api_errors_total{error_type="quota_exhausted"}[10m])) > 0',
    hold="1m",
    summary="{{ $labels.provider }} is out of credit",
    description='{{ $labels.provider }} refused {{ $value | printf "%.0f" }} requests of the last '
    "10 minutes since the account has no credit left.",
    board=Board.AI_COST,
    silenced_by=_GENERATION,
    runbook=Runbook(
        meaning="A provider answers that the credit or the quota of the account is used up. "
        "Waiting does not help.",
        users="Every generation by this provider fails.",
        look=(
            PROVIDERS,
            "What was spent: `promtool query instant $PROMETHEUS 'sum by (provider, model) "
            "(increase(ai_cost_usd_total[24h]))'` (dollars).",
        ),
        mend=(
            "Buy credit or raise the limit in the provider's console.",
            "If the spending is not expected, see [AISpendHigh](AISpendHigh.md) first.",
        ),
        over="No error of the type `quota_exhausted` for 10 minutes.",
    ),
)
AI_SPEND: Final = Alert(
    name="AISpendHigh",
    severity=Severity.WARNING,
    expr=f"sum({rising('ai_cost_usd_total', 'provider, model', '1h')}) > {SPEND_PER_HOUR_USD:g}",
    hold="5m",
    summary="AI providers cost more than expected",
    description='{{ $value | printf "%.2f" }} US dollars were spent on AI providers in the last '
    f"hour; {SPEND_PER_HOUR_USD:.2f} are expected at most.",
    board=Board.AI_COST,
    runbook=Runbook(
        meaning="The cost of the operations of the last hour exceeds the limit that the alert "
        "was rendered with.",
        users="Nothing; the bill grows, and credit may run out.",
        look=(
            "What it is spent on: `promtool query instant $PROMETHEUS 'sum by (provider, model) "
            "(increase(ai_cost_usd_total[1h]))'` (dollars).",
            "What was asked for last: "
            + operators("/api/generation", ".items[] | [.createdAt, .type, .id, .name] | @tsv")
            + ".",
        ),
        mend=(
            "Cancel what is not wanted: `POST /api/generation/{id}/cancel`.",
            "If it is a lasting increase, change `SPEND_PER_HOUR_USD` of the alert and render.",
        ),
        over="The hour's cost is below the limit.",
    ),
)
AI_SPEND_LIMIT: Final = Alert(
    name="AISpendLimitNear",
    severity=Severity.WARNING,
    expr=f"max(ai_spend_day_usd) / max(ai_spend_day_limit_usd) >= {SPEND_SHARE:g}",
    hold="",
    summary="The day's limit on spending for AI providers is near",
    description="{{ $value | humanizePercentage }} of the US dollars that the providers may cost "
    "on a day are spent.",
    board=Board.AI_COST,
    silenced_by=(Symptom.GENERATION,),
    runbook=Runbook(
        meaning="The operations of this day (UTC) have cost nearly as much as, or more than, "
        "`AI_SPEND_LIMIT_USD_PER_DAY` allows. At the limit no paid request is sent any more.",
        users="At the limit generations by paid providers fail with `quota_exhausted`, and those "
        "without a provider of their own are made by the offline one, where that is allowed.",
        look=(
            "What was spent: `promtool query instant $PROMETHEUS 'sum by (provider, model) "
            "(increase(ai_cost_usd_total[24h]))'` (dollars).",
            FAILED_KINDS,
        ),
        mend=(
            "Cancel what is not wanted: `POST /api/generation/{id}/cancel`.",
            "If the spending is wanted, raise `AI_SPEND_LIMIT_USD_PER_DAY` and restart.",
        ),
        over="It is past 00:00 UTC, or the limit is raised.",
    ),
)
POISONED: Final = Alert(
    name="PoisonedGeneration",
    severity=Severity.WARNING,
    expr='sum by (type) (increase(asset_generation_errors_total{error_type="poisoned"}[10m])) > 0',
    hold="",
    summary="A {{ $labels.type }} generation killed its worker again and again",
    description='{{ $value | printf "%.0f" }} generations of the last 10 minutes were given up '
    "after three runs that ended with their process.",
    board=Board.GENERATION,
    silenced_by=_GENERATION,
    runbook=Runbook(
        meaning="A generation was started three times, and each time its process died. It is not "
        "tried again.",
        users="That one generation ends `failed` with `poisoned`.",
        look=(
            FAILED_KINDS,
            "Which ones: "
            + operators(
                "/api/generation?status=failed&limit=100",
                '.items[] | select(.error.type == "poisoned")',
            )
            + " (nothing: none of the last hundred that failed).",
            LOGS,
        ),
        mend=(
            "Look for memory kills (`dmesg | grep -i oom`, `kubectl describe pod`) and give the "
            "workers more memory.",
            "Keep prompt and options of the generation: they reproduce the fault.",
        ),
        over="No error of the type `poisoned` for 10 minutes.",
    ),
)

PROVIDER_ALERTS: Final = (
    PROVIDER_FAILING,
    PROVIDER_CREDENTIALS,
    PROVIDER_CREDIT,
    AI_SPEND,
    AI_SPEND_LIMIT,
    POISONED,
)
