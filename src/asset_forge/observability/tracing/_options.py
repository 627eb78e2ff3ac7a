"""The standard `OTEL_*` variables, read from a mapping that the caller gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, cast
from urllib.parse import unquote, urlsplit

__all__ = ["OtlpOptions", "TracingOptions", "tracing_options"]

Compression: TypeAlias = Literal["none", "gzip", "deflate"]

_COMPRESSIONS: Final = ("none", "gzip", "deflate")
_SAMPLERS: Final = (
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
)
_OTLP: Final = "OTEL_EXPORTER_OTLP_"


@dataclass(frozen=True, slots=True)
class OtlpOptions:
    """Where spans are sent, and as whom. ``endpoint`` is the whole URL, path included."""

    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    timeout_seconds: float = 10.0
    compression: Compression = "none"
    resource: Mapping[str, str] = field(default_factory=dict[str, str])
    certificate_file: str | None = None
    client_key_file: str | None = None
    client_certificate_file: str | None = None


@dataclass(frozen=True, slots=True)
class TracingOptions:
    """How traces are sampled and exported; ``otlp`` is None where nothing is exported."""

    sample_ratio: float = 0.1
    follow_caller: bool = True
    include_content: bool = False
    otlp: OtlpOptions | None = None
    queue_spans: int = 2_048
    batch_spans: int = 512
    delay_seconds: float = 5.0


def tracing_options(
    variables: Mapping[str, str],
    *,
    service_name: str,
    service_version: str = "",
    environment: str = "",
    default_ratio: float = 0.1,
) -> TracingOptions:
    """Read OpenTelemetry's variables, as its specification names and measures them (times are in
    milliseconds).

    Sampling: `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`. Export: an endpoint in
    `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT` turns it on;
    `OTEL_SDK_DISABLED=true` and `OTEL_TRACES_EXPORTER=none` turn it off; `…_HEADERS`, `…_TIMEOUT`,
    `…_COMPRESSION`, `…_PROTOCOL` (http/protobuf), `…_CERTIFICATE`, `…_CLIENT_KEY`,
    `…_CLIENT_CERTIFICATE`, with or without `TRACES_`. Queue: `OTEL_BSP_MAX_QUEUE_SIZE`,
    `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`, `OTEL_BSP_SCHEDULE_DELAY`. Resource: `OTEL_SERVICE_NAME`,
    `OTEL_RESOURCE_ATTRIBUTES`. Content: `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`.

    Raises `ValueError` that lists every fault: the variable, what is wrong and what is allowed; a
    value that may hold a secret is not repeated.
    """
    reader = _Reader(variables)
    ratio, follow_caller = reader.sampling(default_ratio)
    queue, batch = reader.queue()
    resource = {"service.name": service_name}
    if service_version:
        resource["service.version"] = service_version
    if environment:
        resource["deployment.environment.name"] = environment
    options = TracingOptions(
        sample_ratio=ratio,
        follow_caller=follow_caller,
        include_content=reader.flag("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"),
        otlp=reader.otlp(resource),
        queue_spans=queue,
        batch_spans=batch,
        delay_seconds=reader.integer("OTEL_BSP_SCHEDULE_DELAY", 5_000) / 1000,
    )
    if reader.faults:
        raise ValueError("\n".join(reader.faults))
    return options


class _Reader:
    """Reads variables, and collects what is wrong with them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.faults: list[str] = []

    def text(self, name: str) -> str:
        return self._variables.get(name, "").strip()

    def flag(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in {"", "true", "false"}:
            self.faults.append(f"{name}={value}: choose true or false")
        return value == "true"

    def integer(self, name: str, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdecimal() and 1 <= int(value[:12]) <= 10_000_000):
            self.faults.append(f"{name}={value[:40]}: choose a whole number from 1 to 10000000")
            return default
        return int(value)

    def queue(self) -> tuple[int, int]:
        """How many spans may wait, and how many go at once."""
        queue = self.integer("OTEL_BSP_MAX_QUEUE_SIZE", 2_048)
        batch = self.integer("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", min(512, queue))
        if batch > queue:
            self.faults.append(
                f"OTEL_BSP_MAX_EXPORT_BATCH_SIZE={batch}: choose at most"
                f" OTEL_BSP_MAX_QUEUE_SIZE, which is {queue}"
            )
        return queue, batch

    def sampling(self, default_ratio: float) -> tuple[float, bool]:
        """The share of traces that are sampled, and whether a caller's decision counts."""
        sampler = self.text("OTEL_TRACES_SAMPLER") or "parentbased_traceidratio"
        if sampler not in _SAMPLERS:
            self.faults.append(
                f"OTEL_TRACES_SAMPLER={sampler[:60]}: choose one of {', '.join(_SAMPLERS)}"
            )
            return default_ratio, True
        follow_caller = sampler.startswith("parentbased_")
        if sampler.endswith("always_on"):
            return 1.0, follow_caller
        if sampler.endswith("always_off"):
            return 0.0, follow_caller
        return self._ratio(default_ratio), follow_caller

    def _ratio(self, default: float) -> float:
        value = self.text("OTEL_TRACES_SAMPLER_ARG")
        if not value:
            return default
        try:
            ratio = float(value)
        except ValueError:
            ratio = -1.0
        if not 0.0 <= ratio <= 1.0:
            self.faults.append(
                f"OTEL_TRACES_SAMPLER_ARG={value[:40]}: choose a share from 0 to 1, such as 0.1"
            )
            return default
        return ratio

    def otlp(self, resource: dict[str, str]) -> OtlpOptions | None:
        """The export, if one is wanted."""
        exporter = self.text("OTEL_TRACES_EXPORTER") or "otlp"
        if exporter not in {"otlp", "none"}:
            self.faults.append(f"OTEL_TRACES_EXPORTER={exporter[:60]}: choose otlp or none")
        endpoint = self._endpoint()
        headers = self._pairs(self._either("HEADERS")[0], self._either("HEADERS")[1])
        resource |= self._pairs("OTEL_RESOURCE_ATTRIBUTES", self.text("OTEL_RESOURCE_ATTRIBUTES"))
        name = self.text("OTEL_SERVICE_NAME")
        if name:
            resource["service.name"] = name
        compression_name, compression = self._either("COMPRESSION")
        if compression and compression not in _COMPRESSIONS:
            self.faults.append(
                f"{compression_name}={compression[:40]}: choose one of {', '.join(_COMPRESSIONS)}"
            )
        protocol_name, protocol = self._either("PROTOCOL")
        if protocol not in {"", "http/protobuf"}:
            self.faults.append(f"{protocol_name}={protocol[:40]}: only http/protobuf is spoken")
        timeout_name, _ = self._either("TIMEOUT")
        timeout = self.integer(timeout_name, 10_000) / 1000
        disabled = self.flag("OTEL_SDK_DISABLED")
        if not endpoint or exporter == "none" or disabled:
            return None
        return OtlpOptions(
            endpoint=endpoint,
            headers=headers,
            timeout_seconds=timeout,
            compression=cast("Compression", compression or "none"),
            resource=resource,
            certificate_file=self._either("CERTIFICATE")[1] or None,
            client_key_file=self._either("CLIENT_KEY")[1] or None,
            client_certificate_file=self._either("CLIENT_CERTIFICATE")[1] or None,
        )

    def _either(self, ending: str) -> tuple[str, str]:
        """Name and value of a variable that exists for traces and for all signals."""
        own = f"{_OTLP}TRACES_{ending}"
        name = own if self.text(own) else f"{_OTLP}{ending}"
        return name, self.text(name)

    def _endpoint(self) -> str:
        name, value = self._either("ENDPOINT")
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            self.faults.append(
                f"{name}: is no URL of a collector; it looks like http://collector:4318"
            )
            return ""
        return value if "TRACES" in name else f"{value.removesuffix('/')}/v1/traces"

    def _pairs(self, name: str, value: str) -> dict[str, str]:
        """Read `key=value,key=value`, with values percent-encoded."""
        found: dict[str, str] = {}
        for pair in filter(None, (one.strip() for one in value.split(","))):
            key, equals, text = pair.partition("=")
            if not equals or not key.strip():
                self.faults.append(
                    f"{name}: is read as key=value,key=value; one pair has no key or ="
                )
                continue
            found[unquote(key.strip())] = unquote(text.strip())
        return found
