"""Every environment variable of the service, typed and validated in one place.

`load_settings` reads the environment once, reports every fault in it at once and never repeats the
value of a secret. Nothing else in the package reads the environment.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from asset_forge import __version__
from asset_forge.observability.tracing import TracingOptions, tracing_options
from asset_forge.store_settings import store_faults, store_secrets, store_variables
from asset_forge.verification_key import parse_verification_key

ProviderName = Literal["meshy", "openai", "anthropic", "elevenlabs", "procedural"]

MEBIBYTE = 1 << 20
GIBIBYTE = 1 << 30

_GRACE_SECONDS = 25.0
_LONGEST_GRACE_SECONDS = 3600.0
_SAVING_SECONDS = 10.0
"""More than it takes to keep what a provider has answered."""


class SettingsError(Exception):
    """The environment cannot be used; `lines` holds one sentence for each fault in it."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


class Environment(StrEnum):
    """Where the service runs; production hides details and sends errors to Sentry."""

    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


class Settings(BaseModel):
    """The settings of one process; each field is the variable of its name in capitals."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")

    # Where it listens, and what it calls itself.
    host: str = "127.0.0.1"
    port: int = Field(default=3004, ge=0, le=65535)  # 0: any free port
    environment: Environment = Environment.DEVELOPMENT  # wins over NODE_ENV
    log_level: Literal["trace", "debug", "info", "warning", "error", "critical"] = "info"
    trusted_proxies: tuple[str, ...] = ()  # CIDR networks
    allow_anonymous: bool = False  # listen beyond loopback without sign-in
    drain_seconds: float | None = Field(default=None, ge=0, le=600)  # serve on, not ready
    grace_seconds: float | None = Field(
        default=None, ge=0, le=_LONGEST_GRACE_SECONDS
    )  # then wait for what runs

    # Where it keeps things.
    data_dir: Path = Path("./var")  # ASSET_FORGE_DATA_DIR
    metrics_dir: Path | None = None  # default: inside the data directory
    database_url: str = ""  # default: asset-forge.db inside the data directory
    database_pool_size: int = Field(default=20, ge=1, le=1000)
    jobs_pool_size: int = Field(default=5, ge=1, le=1000)  # further connections, for the queue
    storage_url: str = ""  # default: objects/ inside the data directory
    store_variables: Mapping[str, str] = Field(default_factory=dict[str, str])  # AWS_…, GOOGLE_…
    signed_download_seconds: float | None = Field(default=None, ge=1, le=3600)  # redirect to S3

    qdrant_url: str = ""  # default: search by words alone
    qdrant_api_key: SecretStr | None = None
    embedding_model: str = "text-embedding-3-small"

    # Who may use it, and how much.
    auth_providers: tuple[Literal["local", "privy"], ...] = ()
    session_hours: float = Field(default=12.0, gt=0, le=24 * 90)
    max_upload_bytes: int = Field(default=200 * MEBIBYTE, ge=1, le=100 * GIBIBYTE)
    default_user_quota_bytes: int | None = Field(default=None, ge=0)
    volume_reserve_bytes: int = Field(default=64 * MEBIBYTE, ge=0)  # left free on the data volume

    # Jobs.
    run_jobs: bool = True
    job_concurrency: int = Field(default=2, ge=1, le=256)  # jobs at once in a process
    procedural_processes: int = Field(default=2, ge=1, le=64)
    procedural_timeout_seconds: float = Field(default=120.0, gt=0, le=3600)

    # What operators see, and who may see it.
    metrics_token: SecretStr | None = None
    health_details: Literal["full", "authorized", "none"] | None = None
    prometheus_url: str = ""  # where error budgets are read; default: the service's own counters
    maintenance_file: Path | None = None  # declared maintenance, for the service's own counters
    sentry_dsn: SecretStr | None = None
    sentry_in_development: bool = False
    railway_deployment_id: str = ""
    otel: Mapping[str, str] = Field(default_factory=dict[str, str])  # the OTEL_… variables

    # Providers.
    meshy_api_key: SecretStr | None = None
    openai_api_key: SecretStr | None = None
    anthropic_api_key: SecretStr | None = None
    elevenlabs_api_key: SecretStr | None = None
    meshy_base_url: str = "https://api.meshy.ai"
    openai_base_url: str = "https://api.openai.com/v1"
    anthropic_base_url: str = "https://api.anthropic.com"
    elevenlabs_base_url: str = "https://api.elevenlabs.io"
    meshy_concurrency: int = Field(default=10, ge=1, le=1000)  # jobs at once, over all processes
    openai_concurrency: int = Field(default=10, ge=1, le=1000)
    anthropic_concurrency: int = Field(default=10, ge=1, le=1000)
    elevenlabs_concurrency: int = Field(default=5, ge=1, le=1000)
    meshy_model: str = "meshy-6"
    openai_image_model: str = "gpt-image-2.5-flare"
    openai_text_model: str = "gpt-5.6-luna"
    anthropic_model: str = "claude-haiku-5-5"
    elevenlabs_voice_model: str = "eleven_multilingual_v2"
    elevenlabs_sound_effect_model: str = "eleven_text_to_sound_v2"
    elevenlabs_music_model: str = "music_v1"
    elevenlabs_voice_id: str = "JBFqnCBsd6RMkjVDRZzb"  # speaks where a request names no voice
    elevenlabs_sample_rate: int = 24_000  # Hz; 44100 and more need a larger subscription
    meshy_poll_seconds: float = Field(default=5.0, gt=0, le=300)  # between two looks at a task
    providers_models: tuple[ProviderName, ...] = ()  # the order of `auto`; empty: the built-in one
    providers_texture: tuple[ProviderName, ...] = ()
    providers_music: tuple[ProviderName, ...] = ()
    providers_sound_effect: tuple[ProviderName, ...] = ()
    providers_voice: tuple[ProviderName, ...] = ()
    providers_dialogue: tuple[ProviderName, ...] = ()
    procedural_fallback: bool | None = None  # default: yes, but in production beside a remote one
    prompt_expansion: Literal["auto", "off", "openai", "anthropic"] = "auto"
    provider_request_seconds: float = Field(default=180.0, gt=0, le=3600)  # of one request
    provider_operation_seconds: float = Field(default=900.0, gt=0, le=24 * 3600)  # of all of them
    provider_wait_seconds: float = Field(default=3600.0, ge=0, le=7 * 24 * 3600)  # of a busy one
    provider_breaker_seconds: float = Field(default=30.0, gt=0, le=3600)
    prices_file: Path | None = None  # default: the prices that the package carries
    ai_spend_limit_usd_per_day: float | None = Field(default=None, ge=0, le=1e9)
    privy_app_id: str = ""
    privy_app_secret: SecretStr | None = None
    privy_verification_key: str = ""  # PEM; default: the keys that Privy lists
    privy_jwks_url: str = ""  # default: Privy's own for the app

    @field_validator(
        "auth_providers",
        "trusted_proxies",
        "providers_models",
        "providers_texture",
        "providers_music",
        "providers_sound_effect",
        "providers_voice",
        "providers_dialogue",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network, strict=False)
        return value

    @field_validator("log_level", "environment", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        lowered = value.strip().lower()
        return {
            "warn": "warning",
            "fatal": "critical",
            "prod": "production",
            "dev": "development",
        }.get(lowered, lowered)

    @field_validator("elevenlabs_sample_rate")
    @classmethod
    def _known_rate(cls, value: int) -> int:
        if value not in (8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000):
            raise ValueError("must be 8000, 16000, 22050, 24000, 32000, 44100 or 48000")
        return value

    @field_validator("elevenlabs_voice_id")
    @classmethod
    def _voice_id(cls, value: str) -> str:
        if not (value.isascii() and value.isalnum() and len(value) <= 64):
            raise ValueError("must be the id of a voice: 1 to 64 letters or digits")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        schemes = (
            "sqlite://",
            "sqlite+aiosqlite://",
            "postgres://",
            "postgresql://",
            "postgresql+psycopg://",
        )
        if value and not value.startswith(schemes):
            raise ValueError("must begin with sqlite:// or postgresql://")
        return value

    @field_validator("storage_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if value and not value.startswith(("file://", "s3://", "gs://", "az://")):
            raise ValueError("must begin with file://, s3://, gs:// or az://")
        return value

    @field_validator("prometheus_url")
    @classmethod
    def _http_url(cls, value: str) -> str:
        parts = urlsplit(value)
        fit = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if value and not fit:
            raise ValueError("must be the URL of a Prometheus server, as http://127.0.0.1:9090")
        if parts.query or parts.fragment:
            raise ValueError("must end with the host or a path, without ? and #")
        return value

    @field_validator("maintenance_file")
    @classmethod
    def _usable_maintenance(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("there is no such file; write [[window]] tables into it")
        return value

    @field_validator(
        "meshy_base_url", "openai_base_url", "anthropic_base_url", "elevenlabs_base_url"
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        return value.rstrip("/")

    @field_validator("privy_verification_key")
    @classmethod
    def _public_key(cls, value: str) -> str:
        if value:
            parse_verification_key(value)
        return value

    @field_validator("privy_jwks_url")
    @classmethod
    def _trustworthy(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if value and not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError(
                "must begin with https://, since whoever answers there decides on who may sign in"
            )
        return value

    @field_validator("qdrant_url")
    @classmethod
    def _known_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must have the form https://HOST or http://HOST:PORT")
        if parts.username or parts.password:
            raise ValueError("must be without a key in it: that is QDRANT_API_KEY")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _whole_dsn(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            project = parts.path.rpartition("/")[2]
            if parts.scheme not in ("http", "https") or not parts.username or not project.isdigit():
                raise ValueError("must have the form https://KEY@HOST/PROJECT-NUMBER")
        return value

    @property
    def is_loopback(self) -> bool:
        """Whether `HOST` is reachable from this machine only."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def embedded_database(self) -> bool:
        """Whether the database is a file of this machine, SQLite's."""
        return not self.database_url.startswith("postgres")

    @property
    def remote_store(self) -> bool:
        """Whether files are kept in an object store, and not in a directory of this machine."""
        return bool(self.storage_url) and not self.storage_url.startswith("file://")

    @property
    def effective_database_url(self) -> str:
        """The database's URL, the embedded file's where none is set."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'asset-forge.db'}"

    @property
    def effective_metrics_dir(self) -> Path:
        """The directory that the processes of one group share their metrics in."""
        return self.metrics_dir or self.data_dir.absolute() / "metrics"

    @property
    def effective_health_details(self) -> Literal["full", "authorized", "none"]:
        """Who sees the details of the deep probe; off loopback only the authorized."""
        return self.health_details or ("full" if self.is_loopback else "authorized")

    @property
    def effective_drain_seconds(self) -> float:
        """How long a process that is told to end serves on: 5 s where others route to it."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        behind_others = self.environment in (Environment.PRODUCTION, Environment.STAGING)
        return 5.0 if behind_others else 0.0

    @property
    def effective_grace_seconds(self) -> float:
        """How long it then waits for what runs: where jobs pay providers, until any answer came.

        A paid request that is cut off is lost, since nobody knows what became of it.
        """
        if self.grace_seconds is not None:
            return self.grace_seconds
        if not self.run_jobs or not self.paid_providers:
            return _GRACE_SECONDS
        longest = self.provider_request_seconds + _SAVING_SECONDS
        return min(max(longest, _GRACE_SECONDS), _LONGEST_GRACE_SECONDS)

    @property
    def paid_providers(self) -> list[str]:
        """The providers whose keys are set."""
        keys = {
            "meshy": self.meshy_api_key,
            "openai": self.openai_api_key,
            "anthropic": self.anthropic_api_key,
            "elevenlabs": self.elevenlabs_api_key,
        }
        return [name for name, key in keys.items() if key]

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that may appear in no log, error or trace."""
        values = (getattr(self, name) for name in type(self).model_fields)
        found = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        return (*found, *store_secrets(self.store_variables))


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (`os.environ` unless given).

    Raises:
        SettingsError: One or more variables cannot be used; every fault is named.
    """
    variables = dict(os.environ if environment is None else environment)
    if not variables.get("ENVIRONMENT") and variables.get("NODE_ENV"):
        variables["ENVIRONMENT"] = variables["NODE_ENV"]
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        if text := variables.get(_variable(name), "").strip():
            values[name] = text
    values["otel"] = {n: v for n, v in variables.items() if n.startswith("OTEL_")}
    values["store_variables"] = store_variables(variables)
    lines: list[str] = []
    faulty: set[str] = set()
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [_describe(fault["loc"], fault["msg"], variables) for fault in faults]
        faulty = {str(fault["loc"][0]) for fault in faults}
        settings = Settings(**{name: values[name] for name in values if name not in faulty})
    try:
        read_tracing(settings)
    except ValueError as error:
        lines.append(str(error))
    lines += store_faults(settings.storage_url, settings.store_variables)
    if "auth_providers" not in faulty:
        lines += _contradictions(settings)
    if lines:
        raise SettingsError(lines)
    return settings


def _variable(name: str) -> str:
    return "ASSET_FORGE_DATA_DIR" if name == "data_dir" else name.upper()


def _describe(location: tuple[int | str, ...], message: str, variables: Mapping[str, str]) -> str:
    name = str(location[0])
    variable = _variable(name)
    secret = "SecretStr" in str(Settings.model_fields[name].annotation)
    value = variables.get(variable, "")
    # A URL may hold a password, also a malformed one.
    shown = "" if secret or variable.endswith("_URL") else f"={value[:100]!r}"
    allowed = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{variable}{shown}: {allowed}"


def read_tracing(settings: Settings) -> TracingOptions:
    """Read how traces are sampled and exported.

    Raises:
        ValueError: The OTEL_… variables cannot be used; all faults are in its message.
    """
    return tracing_options(
        settings.otel,
        service_name="asset-forge",
        service_version=__version__,
        environment=settings.environment.value,
    )


def _contradictions(settings: Settings) -> list[str]:
    lines: list[str] = []
    if settings.qdrant_url and settings.openai_api_key is None:
        lines.append(
            "OPENAI_API_KEY: is missing, and QDRANT_URL is set; the vectors come from OpenAI's "
            "embeddings. Set it, or leave QDRANT_URL out to search by words"
        )
    if settings.qdrant_url and find_spec("qdrant_client") is None:
        lines.append(
            "QDRANT_URL: needs the package's extra `qdrant`, which is not installed; install "
            "asset-forge[qdrant], or leave QDRANT_URL out to search by words"
        )
    if "privy" in settings.auth_providers and not settings.privy_app_id:
        lines.append(
            "PRIVY_APP_ID: is missing, and AUTH_PROVIDERS names privy; set it to the app's id as "
            "Privy's dashboard shows it, or take privy out"
        )
    if settings.signed_download_seconds is not None and not settings.remote_store:
        lines.append(
            "SIGNED_DOWNLOAD_SECONDS: only an object store can sign; set STORAGE_URL to one, or "
            "leave this out, so that the service sends files itself"
        )
    expander = settings.prompt_expansion
    keys = {"openai": settings.openai_api_key, "anthropic": settings.anthropic_api_key}
    if expander in keys and keys[expander] is None:
        lines.append(
            f"PROMPT_EXPANSION={expander!r}: {expander.upper()}_API_KEY is missing; set it, or "
            "choose auto or off"
        )
    open_to_all = not settings.auth_providers and not settings.allow_anonymous
    if open_to_all and not settings.is_loopback:
        lines.append(
            f"HOST={settings.host!r}: other machines can reach it, and AUTH_PROVIDERS is empty, so "
            "that anybody could act as the operator; set AUTH_PROVIDERS=local or HOST=127.0.0.1, "
            "or, if that is really meant, ALLOW_ANONYMOUS=true"
        )
    return lines
