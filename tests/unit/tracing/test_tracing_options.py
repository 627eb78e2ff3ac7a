"""The standard variables, read as their specification says, with all faults named at once."""

from __future__ import annotations

import pytest

from asset_forge.observability.tracing import TracingOptions, tracing_options


def read(**variables: str) -> TracingOptions:
    return tracing_options(variables, service_name="forge", service_version="1.2")


def test_without_variables_a_tenth_is_sampled_and_nothing_exported() -> None:
    options = read()
    assert (options.sample_ratio, options.follow_caller, options.otlp) == (0.1, True, None)


def test_the_base_endpoint_gets_the_path_of_traces() -> None:
    options = read(OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318/")
    assert options.otlp is not None
    assert options.otlp.endpoint == "http://collector:4318/v1/traces"


def test_the_endpoint_of_traces_is_taken_as_it_is() -> None:
    options = read(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="https://other/traces",
    )
    assert options.otlp is not None
    assert options.otlp.endpoint == "https://other/traces"


def test_headers_timeout_compression_and_resource_are_read() -> None:
    otlp = read(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318",
        OTEL_EXPORTER_OTLP_HEADERS="x-key=a%20b, x-team = forge",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT="2500",
        OTEL_EXPORTER_OTLP_COMPRESSION="gzip",
        OTEL_RESOURCE_ATTRIBUTES="host.name=box,service.name=lower",
        OTEL_SERVICE_NAME="higher",
    ).otlp
    assert otlp is not None
    assert otlp.headers == {"x-key": "a b", "x-team": "forge"}
    assert (otlp.timeout_seconds, otlp.compression) == (2.5, "gzip")
    assert otlp.resource == {
        "service.name": "higher",
        "service.version": "1.2",
        "host.name": "box",
    }
    assert "a b" not in repr(otlp)


@pytest.mark.parametrize(
    "off", [{"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "true"}], ids=["none", "off"]
)
def test_the_export_can_be_turned_off(off: dict[str, str]) -> None:
    assert read(OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318", **off).otlp is None


@pytest.mark.parametrize(
    ("sampler", "ratio", "follows"),
    [
        ("always_on", 1.0, False),
        ("always_off", 0.0, False),
        ("traceidratio", 0.5, False),
        ("parentbased_always_on", 1.0, True),
        ("parentbased_always_off", 0.0, True),
        ("parentbased_traceidratio", 0.5, True),
    ],
)
def test_the_samplers_of_the_specification_are_known(
    sampler: str, ratio: float, follows: bool
) -> None:
    options = read(OTEL_TRACES_SAMPLER=sampler, OTEL_TRACES_SAMPLER_ARG="0.5")
    assert (options.sample_ratio, options.follow_caller) == (ratio, follows)


def test_every_fault_is_named_with_its_variable_and_the_choices() -> None:
    with pytest.raises(ValueError, match="OTEL_") as caught:
        read(
            OTEL_TRACES_SAMPLER_ARG="ten percent",
            OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318?key=hidden",
            OTEL_EXPORTER_OTLP_HEADERS="hidden",
            OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
            OTEL_EXPORTER_OTLP_COMPRESSION="zstd",
            OTEL_EXPORTER_OTLP_TIMEOUT="soon",
            OTEL_TRACES_EXPORTER="zipkin",
            OTEL_BSP_MAX_QUEUE_SIZE="10",
            OTEL_BSP_MAX_EXPORT_BATCH_SIZE="11",
            OTEL_SDK_DISABLED="perhaps",
            OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="1",
        )
    text = str(caught.value)
    assert text.splitlines() == [
        "OTEL_TRACES_SAMPLER_ARG=ten percent: choose a share from 0 to 1, such as 0.1",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=11: choose at most OTEL_BSP_MAX_QUEUE_SIZE, which is 10",
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=1: choose true or false",
        "OTEL_TRACES_EXPORTER=zipkin: choose otlp or none",
        "OTEL_EXPORTER_OTLP_ENDPOINT: is no URL of a collector; it looks like"
        " http://collector:4318",
        "OTEL_EXPORTER_OTLP_HEADERS: is read as key=value,key=value; one pair has no key or =",
        "OTEL_EXPORTER_OTLP_COMPRESSION=zstd: choose one of none, gzip, deflate",
        "OTEL_EXPORTER_OTLP_PROTOCOL=grpc: only http/protobuf is spoken",
        "OTEL_EXPORTER_OTLP_TIMEOUT=soon: choose a whole number from 1 to 10000000",
        "OTEL_SDK_DISABLED=perhaps: choose true or false",
    ]


def test_a_sampler_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="OTEL_TRACES_SAMPLER=jaeger_remote: choose one of alw"):
        read(OTEL_TRACES_SAMPLER="jaeger_remote")
