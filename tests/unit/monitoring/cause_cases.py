"""In which histories the alerts of causes outside the process fire, and in which they must not."""

from __future__ import annotations

from tests.unit.monitoring.histories import (
    DIES,
    FORGOTTEN,
    LONG_AGO,
    NOTHING,
    QUIET,
    RESET,
    RESTARTED,
    Case,
    calls,
    errors,
    one,
    queries,
    refused,
    up,
)

CAUSES = {
    "DatabaseDown": Case(
        one("health_check_status", DIES, check="database"),
        135,
        {
            "another check": one("health_check_status", DIES, check="qdrant"),
            "degraded": one("health_check_status", "0.5+0x100", check="database"),
        },
    ),
    "DependencyUnhealthy": Case(
        one("health_check_status", DIES, check="qdrant"),
        135,
        {
            "the database, which has an alert of its own": one(
                "health_check_status", DIES, check="database"
            ),
            "degraded": one("health_check_status", "0.5+0x100", check="qdrant"),
        },
    ),
    "DatabasePoolNearExhaustion": Case(
        one("db_connections_active", "2+0x8 19+0x100") | one("db_connections_max", "20+0x200"),
        135,
        {
            "18 of 20": one("db_connections_active", "18+0x100")
            | one("db_connections_max", "20+0x200"),
            "19 of 40 in two processes": one("db_connections_active", "19+0x100")
            | one("db_connections_max", "40+0x200"),
        },
    ),
    "LowDiskSpace": Case(
        one("storage_used_bytes", "50+0x8 81+0x100", context="system")
        | one("storage_total_bytes", "100+0x200", context="system"),
        135,
        {
            "80 %": one("storage_used_bytes", "80+0x200", context="system")
            | one("storage_total_bytes", "100+0x200", context="system"),
            "a quota is used up": one("storage_used_bytes", "100+0x200", context="user")
            | one("storage_total_bytes", "100+0x200", context="user"),
        },
    ),
    "DatabaseSlow": Case(
        queries("0+10x40 400+0x200", "0+10x240"),
        630,
        {
            "fast": queries("0+10x200", "0+10x200"),
            "few": queries(NOTHING, "0+1x200"),
            "one in a hundred": queries("0+99x200", "0+100x200"),
            QUIET: queries("100+0x200", LONG_AGO),
            RESET: queries("100+10x20 0+10x180", RESTARTED),
        },
    ),
    "StorageFailing": Case(
        one("storage_errors_total", "0+0x40 0+1x200", operation="check", code="denied"),
        645,
        {
            "one error": one("storage_errors_total", "0+0x40 1+0x200", operation="put", code="io"),
            "one error every four minutes": one(
                "storage_errors_total",
                " ".join(f"{n}+0x15" for n in range(12)),
                operation="put",
                code="timeout",
            ),
            "a burst that passes": one(
                "storage_errors_total", "0+0x40 0+5x4 20+0x150", operation="get", code="throttled"
            ),
            QUIET: one("storage_errors_total", LONG_AGO, operation="put", code="full"),
            RESET: one("storage_errors_total", FORGOTTEN, operation="put", code="full"),
        },
    ),
    "ProviderFailing": Case(
        calls("0+9x240", "0+0x40 0+1x200"),
        765,
        {
            "4 %": calls("0+96x200", "0+4x200"),
            QUIET: calls(LONG_AGO, LONG_AGO)
            | one("ai_circuit_breaker_state", NOTHING, provider="meshy"),
            RESET: calls(RESTARTED, FORGOTTEN),
        },
        {
            "it is left alone": (
                calls(LONG_AGO, LONG_AGO)
                | one("ai_circuit_breaker_state", "0+0x40 1+0x200", provider="meshy"),
                615,
            ),
        },
    ),
    "ProviderCredentialsRejected": Case(
        refused("authentication", "0+0x40 1+0x200"),
        615,
        {
            "another error": refused("timeout", "0+1x200"),
            QUIET: refused("authentication", LONG_AGO),
            RESET: refused("authentication", FORGOTTEN),
        },
    ),
    "ProviderOutOfCredit": Case(
        refused("quota_exhausted", "0+0x40 1+0x200"),
        615,
        {
            "throttled only": refused("rate_limited", "0+1x200"),
            QUIET: refused("quota_exhausted", LONG_AGO),
            RESET: refused("quota_exhausted", FORGOTTEN),
        },
    ),
    "AISpendHigh": Case(
        up("1+0x400", "1+0x400")
        | one("ai_cost_usd_total", "_x260 25+0x200", provider="openai", model="gpt"),
        3900,
        {
            "19 dollars": up("1+0x400", "1+0x400")
            | one("ai_cost_usd_total", "0+0x40 19+0x200", provider="openai", model="gpt"),
            QUIET: up("1+0x400", "1+0x400")
            | one("ai_cost_usd_total", "900+0x400", provider="openai", model="gpt"),
            RESET: up("1+0x400", "1+0x400")
            | one("ai_cost_usd_total", "900+0x40 0+0x360", provider="openai", model="gpt"),
        },
    ),
    "AISpendLimitNear": Case(
        one("ai_spend_day_usd", "80+0x40 91+0x200") | one("ai_spend_day_limit_usd", "100+0x240"),
        615,
        {
            "half of it": one("ai_spend_day_usd", "50+0x200")
            | one("ai_spend_day_limit_usd", "100+0x200"),
            "no limit": one("ai_spend_day_usd", "5000+0x200"),
        },
    ),
    "PoisonedGeneration": Case(
        errors("poisoned", "0+0x40 1+0x200"),
        615,
        {
            "another error": errors("internal", "0+1x200"),
            QUIET: errors("poisoned", LONG_AGO),
            RESET: errors("poisoned", FORGOTTEN),
        },
    ),
}
