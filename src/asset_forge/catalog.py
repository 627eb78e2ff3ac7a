"""Every metric that the service emits, declared once: name, help, labels and their values, buckets.

Rooms take their declarations from here; dashboards, alerts, docs and tests are held against
`DECLARATIONS`. What any ASGI application emits is declared in `observability` and included.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from asset_forge.asset_types import AssetType
from asset_forge.error_types import ErrorType
from asset_forge.observability import health, http
from asset_forge.observability.errors import ERRORS_CAPTURED, TELEMETRY_DROPPED
from asset_forge.observability.http import METHODS, STATUS_CODES
from asset_forge.observability.logs import LOG_MESSAGES
from asset_forge.observability.metrics import (
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
    Mirror,
)
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS

Provider = Literal["meshy", "openai", "anthropic", "elevenlabs", "procedural"]
SignInProviderName = Literal["local", "privy"]
LoginFailure = Literal[
    "bad_credentials", "rate_limited", "disabled", "expired_token", "invalid_token", "other"
]
Operation = Literal["select", "insert", "update", "delete", "other"]
DatabaseFailure = Literal["busy", "pool_exhausted", "timeout", "storage", "unreachable"]
StorageOperation = Literal["put", "get", "head", "delete", "list", "sign", "check"]
StorageFailure = Literal[
    "denied", "no_bucket", "full", "throttled", "server_error", "unreachable", "timeout", "io",
    "other",
]  # fmt: skip
Action = Literal["create", "read", "update", "delete", "download"]
ResourceType = Literal["asset", "project", "generation"]
SampleName = Literal["sessions", "queue", "storage", "spend", "objectives"]
FileTypeName = Literal["glb", "png", "wav", "json", "zip", "other"]

PROVIDERS: Final[tuple[Provider, ...]] = get_args(Provider)
TABLES: Final = (
    "ai_spend",
    "assets",
    "executors",
    "generations",
    "leases",
    "login_limits",
    "projects",
    "provider_claims",
    "schema_info",
    "sessions",
    "users",
    "other",
)

_TYPE: Final = Label("type", tuple(AssetType))
_PROVIDER: Final = Label("provider", PROVIDERS)
_MODEL: Final = Label("model")  # the providers name their models; the series limit bounds them
_FILE_TYPE: Final = Label("file_type", get_args(FileTypeName))
_CONTEXT: Final = Label("context", ("user", "project", "system"))
_DATABASE_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

BUILD_INFO: Final = InfoDeclaration(
    "asset_forge_build_info",
    "The version that runs, always 1.",
    (Label("version"), Label("revision"), Label("python_version")),
)
REQUESTS_BY_ENDPOINT: Final = CounterDeclaration(
    "api_requests_by_endpoint_total",
    "Requests answered, by route, method and the status that was really sent.",
    (Label("endpoint"), Label("method", METHODS), Label("status_code", STATUS_CODES)),
    endpoint="business",
    series_limit=4000,
    mirror=Mirror("http_request_duration_seconds", ("path", "method", "status_code")),
)
RESPONSE_TIME_BY_ENDPOINT: Final = HistogramDeclaration(
    "api_response_time_by_endpoint_seconds",
    "Time from a request's arrival to the last byte of its response, by route and method.",
    (Label("endpoint"), Label("method", METHODS)),
    endpoint="business",
    unit="seconds",
    buckets=(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0),
    mirror=Mirror("http_request_duration_seconds", ("path", "method")),
)
SAMPLE_FAILURES: Final = CounterDeclaration(
    "background_sample_errors_total",
    "Background samples of gauges that failed; the gauges keep their last value.",
    (Label("sample", get_args(SampleName)),),
    endpoint="business",
)

GENERATIONS: Final = CounterDeclaration(
    "asset_generations_total",
    "Generations that ended, by asset type and how; cancelled ones are outside the objective.",
    (_TYPE, Label("status", ("success", "failure", "cancelled"))),
    endpoint="business",
)
GENERATION_DURATION: Final = HistogramDeclaration(
    "asset_generation_duration_seconds",
    "Seconds from the start of a generation's first step to its success or failure.",
    (_TYPE,),
    endpoint="business",
    unit="seconds",
    buckets=(5.0, 10.0, 30.0, 60.0, 120.0, 180.0, 300.0),
)
GENERATION_ERRORS: Final = CounterDeclaration(
    "asset_generation_errors_total",
    "Generations that failed, by asset type and cause.",
    (_TYPE, Label("error_type", tuple(ErrorType))),
    endpoint="business",
)
IN_PROGRESS: Final = GaugeDeclaration(
    "generations_in_progress",
    "Generations whose steps are being executed.",
    (_TYPE,),
    endpoint="business",
    merge=Merge.SUM,
)
QUEUE_DEPTH: Final = GaugeDeclaration(
    "generation_queue_depth",
    "Generations that wait: for their first step, or for a provider that is busy.",
    endpoint="business",
    merge=Merge.NEWEST,
)
QUEUE_OLDEST: Final = GaugeDeclaration(
    "generation_queue_oldest_seconds",
    "Seconds that the longest-waiting generation has waited for its first step; 0 for none.",
    endpoint="business",
    unit="seconds",
    merge=Merge.NEWEST,
)
AI_CALLS: Final = CounterDeclaration(
    "ai_api_calls_total",
    "Operations asked of a provider, one for each however many requests it took.",
    (_PROVIDER, _MODEL, Label("status", ("success", "failure"))),
    endpoint="business",
)
AI_LATENCY: Final = HistogramDeclaration(
    "ai_api_latency_seconds",
    "Seconds from an operation's first request to a provider to its result or failure.",
    (_PROVIDER, _MODEL),
    endpoint="business",
    unit="seconds",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0),
)
AI_TOKENS: Final = CounterDeclaration(
    "ai_tokens_used_total",
    "Tokens consumed, as the provider counts them.",
    (_PROVIDER, _MODEL, Label("type", ("prompt", "completion"))),
    endpoint="business",
)
AI_COST: Final = CounterDeclaration(
    "ai_cost_usd_total",
    "Cost of the operations in US dollars; the procedural provider's is zero.",
    (_PROVIDER, _MODEL),
    endpoint="business",
)
AI_ERRORS: Final = CounterDeclaration(
    "ai_api_errors_total",
    "Requests to a provider that failed, also those that were repeated, by cause.",
    (_PROVIDER, Label("error_type", tuple(ErrorType))),
    endpoint="business",
)
AI_RETRIES: Final = CounterDeclaration(
    "ai_api_retries_total",
    "Requests to a provider that were sent again.",
    (_PROVIDER,),
    endpoint="business",
)
AI_BREAKER: Final = GaugeDeclaration(
    "ai_circuit_breaker_state",
    "Whether a provider is left alone after it failed: 0 no, 0.5 one trial is let through, 1 yes.",
    (_PROVIDER,),
    endpoint="business",
    merge=Merge.MAX,
)
AI_SPEND_DAY: Final = GaugeDeclaration(
    "ai_spend_day_usd",
    "What the providers cost on this day (UTC) over all processes, in US dollars.",
    endpoint="business",
    merge=Merge.NEWEST,
)
AI_SPEND_LIMIT: Final = GaugeDeclaration(
    "ai_spend_day_limit_usd",
    "What the providers may cost on a day (UTC), in US dollars; absent where there is no limit.",
    endpoint="business",
    merge=Merge.MAX,
)


LOGINS: Final = CounterDeclaration(
    "user_logins_total",
    "Successful logins, by sign-in provider.",
    (Label("provider", get_args(SignInProviderName)),),
    endpoint="business",
)
LOGIN_FAILURES: Final = CounterDeclaration(
    "login_failures_total",
    "Logins that were refused, by sign-in provider and reason.",
    (Label("provider", get_args(SignInProviderName)), Label("reason", get_args(LoginFailure))),
    endpoint="business",
)
ACTIVE_SESSIONS: Final = GaugeDeclaration(
    "user_active_sessions",
    "Sessions that have neither expired nor been signed out.",
    endpoint="business",
    merge=Merge.NEWEST,
)


USER_ACTIONS: Final = CounterDeclaration(
    "user_actions_total",
    "Actions that requests completed; a list or a search is one read.",
    (
        Label("action", get_args(Action)),
        Label("resource_type", get_args(ResourceType)),
    ),
    endpoint="business",
)


FILE_UPLOADS: Final = CounterDeclaration(
    "file_uploads_total",
    "Uploaded files that were stored, by the format found in their bytes.",
    (_FILE_TYPE,),
    endpoint="business",
)

FILE_DOWNLOADS: Final = CounterDeclaration(
    "file_downloads_total",
    "Downloads, whole files and ranges alike: last bytes sent, or signed URLs handed out.",
    (_FILE_TYPE,),
    endpoint="business",
)

STORAGE_USED: Final = GaugeDeclaration(
    "storage_used_bytes",
    "Bytes in use: of the data volume (system), by users and in projects that have a quota.",
    (_CONTEXT,),
    endpoint="business",
    unit="bytes",
    merge=Merge.NEWEST,
)

STORAGE_TOTAL: Final = GaugeDeclaration(
    "storage_total_bytes",
    "Bytes that there may be: the data volume's size (system), and the sums of the quotas.",
    (_CONTEXT,),
    endpoint="business",
    merge=Merge.NEWEST,
)

STORAGE_ERRORS: Final = CounterDeclaration(
    "storage_errors_total",
    "Operations that the file storage did not do, after retries, by operation and cause.",
    (
        Label("operation", get_args(StorageOperation)),
        Label("code", get_args(StorageFailure)),
    ),
    endpoint="business",
)


SIMILARITY_SEARCHES: Final = CounterDeclaration(
    "similarity_searches_total",
    "Searches where a vector database is configured: answered by it, or by words in its stead.",
    (Label("outcome", ("answered", "fell_back")),),
    endpoint="business",
)


QUERY_DURATION: Final = HistogramDeclaration(
    "db_query_duration_seconds",
    "Time from sending a database statement to its rows, failed statements included.",
    (Label("operation", get_args(Operation)), Label("table", TABLES)),
    endpoint="business",
    unit="seconds",
    buckets=_DATABASE_SECONDS,
)
CONNECTION_WAIT: Final = HistogramDeclaration(
    "db_connection_wait_seconds",
    "Time that a transaction waits for its connection, on SQLite also for its turn to write.",
    endpoint="business",
    unit="seconds",
    buckets=_DATABASE_SECONDS,
)
CONNECTIONS_ACTIVE: Final = GaugeDeclaration(
    "db_connections_active",
    "Database connections of the pool that are in use.",
    endpoint="business",
    merge=Merge.SUM,
)
CONNECTIONS_IDLE: Final = GaugeDeclaration(
    "db_connections_idle",
    "Database connections of the pool that are open and not in use.",
    endpoint="business",
    merge=Merge.SUM,
)
CONNECTIONS_MAX: Final = GaugeDeclaration(
    "db_connections_max",
    "Database connections that the pool may open.",
    endpoint="business",
    merge=Merge.SUM,
)
DATABASE_FAILURES: Final = CounterDeclaration(
    "db_failures_total",
    "Transactions that ended because the database did not work, by reason.",
    (Label("reason", get_args(DatabaseFailure)),),
    endpoint="business",
)

DECLARATIONS: Final[tuple[Declaration, ...]] = (
    BUILD_INFO,
    *http.DECLARATIONS,
    *RUNTIME_DECLARATIONS,
    REQUESTS_BY_ENDPOINT,
    RESPONSE_TIME_BY_ENDPOINT,
    SAMPLE_FAILURES,
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
    AI_ERRORS,
    AI_RETRIES,
    AI_BREAKER,
    AI_SPEND_DAY,
    AI_SPEND_LIMIT,
    LOGINS,
    LOGIN_FAILURES,
    ACTIVE_SESSIONS,
    USER_ACTIONS,
    FILE_UPLOADS,
    FILE_DOWNLOADS,
    STORAGE_USED,
    STORAGE_TOTAL,
    STORAGE_ERRORS,
    SIMILARITY_SEARCHES,
    QUERY_DURATION,
    CONNECTION_WAIT,
    CONNECTIONS_ACTIVE,
    CONNECTIONS_IDLE,
    CONNECTIONS_MAX,
    DATABASE_FAILURES,
    *health.DECLARATIONS,
    ERRORS_CAPTURED,
    LOG_MESSAGES,
    TELEMETRY_DROPPED,
)
