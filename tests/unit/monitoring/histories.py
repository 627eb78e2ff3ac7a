"""Histories of series, as cases of the alerts are made of.

A value `a+bxN` stands for N + 1 samples, 15 s apart, as promtool reads it; `_` is no sample.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Series = dict[str, str]


@dataclass(frozen=True)
class Case:
    """The condition becomes true at `true_at` seconds in `fires`, never in any of `silent`.

    `branches` are further histories in which it fires, each with its own seconds: one for each
    alternative that the expression has.
    """

    fires: Series
    true_at: int
    silent: dict[str, Series] = field(default_factory=dict)
    branches: dict[str, tuple[Series, int]] = field(default_factory=dict)


def up(system: str, business: str, instance: str = "a:1", job: str = "asset-forge") -> Series:
    """The two targets of one instance."""
    start = f'up{{job="{job}",instance="{instance}",metrics_path='
    return {f'{start}"/metrics"}}': system, f'{start}"/metrics/business"}}': business}


def requests(ok: str, failed: str, endpoint: str = "/api/assets", status: int = 500) -> Series:
    """Requests answered 200, and others answered with `status`."""
    start = f'api_requests_by_endpoint_total{{instance="a:1",endpoint="{endpoint}",method="GET"'
    return {f'{start},status_code="200"}}': ok, f'{start},status_code="{status}"}}': failed}


def times(one: str, five: str, every: str, endpoint: str = "/api/assets") -> Series:
    """Requests answered within 1 s, within 5 s, and all of them."""
    name = "api_response_time_by_endpoint_seconds"
    labels = f'instance="a:1",endpoint="{endpoint}",method="GET"'
    return {
        f'{name}_bucket{{{labels},le="1.0"}}': one,
        f'{name}_bucket{{{labels},le="5.0"}}': five,
        f'{name}_bucket{{{labels},le="10.0"}}': every,
        f'{name}_bucket{{{labels},le="+Inf"}}': every,
        f"{name}_count{{{labels}}}": every,
    }


def queries(fast: str, every: str) -> Series:
    """Statements on one table: those within 0.1 s, and all; the rest takes up to half a second."""
    labels = 'instance="a:1",operation="select",table="assets"'
    name = "db_query_duration_seconds"
    return {
        f'{name}_bucket{{{labels},le="0.1"}}': fast,
        f'{name}_bucket{{{labels},le="0.5"}}': every,
        f'{name}_bucket{{{labels},le="+Inf"}}': every,
        f"{name}_count{{{labels}}}": every,
    }


def probed(values: str, instance: str = "a:1") -> Series:
    """What a probe from outside finds, of the target that it asks."""
    return {f'probe_success{{job="asset-forge-probe",instance="{instance}"}}': values}


def ended(
    success: str, failure: str, cancelled: str = "0+0x200", job: str = "asset-forge"
) -> Series:
    """Generations that ended."""
    start = f'asset_generations_total{{job="{job}",instance="a:1",type="prop",status='
    return {
        f'{start}"success"}}': success,
        f'{start}"failure"}}': failure,
        f'{start}"cancelled"}}': cancelled,
    }


def errors(error_type: str, values: str) -> Series:
    """Generations that failed for one reason."""
    labels = f'instance="a:1",type="prop",error_type="{error_type}"'
    return {f"asset_generation_errors_total{{{labels}}}": values}


def refused(error_type: str, values: str) -> Series:
    """Requests that a provider refused for one reason."""
    return one("ai_api_errors_total", values, provider="openai", error_type=error_type)


def calls(succeeded: str, failed: str) -> Series:
    """Operations asked of one provider."""
    name = "ai_api_calls_total"
    return one(name, succeeded, provider="meshy", model="m", status="success") | one(
        name, failed, provider="meshy", model="m", status="failure"
    )


def folded(metric: str, values: str) -> Series:
    """Uses of a metric whose label values were folded."""
    return one("metrics_series_overflow_total", values, metric=metric)


def one(name: str, values: str, **labels: str) -> Series:
    """One series of an instance."""
    written = "".join(f',{label}="{value}"' for label, value in labels.items())
    return {f'{name}{{instance="a:1"{written}}}': values}


def ours(system: str, business: str, job: str = "asset-forge") -> Series:
    """What tells that the service answers the scrapes of a job, and no other program."""
    labels = f'job="{job}",instance="a:1",version="1",revision="x"'
    build = {f"asset_forge_build_info{{{labels}}}": system}
    return build | ended(business, business, business, job)


WORKERS = "asset-forge-worker"
RECORDED = {"slo_maintenance_active": "0+0x300"}
NOTHING = "0+0x200"
UP = "1+0x200"
DIES = "1+0x8 0+0x300"  # dead from 135 s on
RESTARTED = "3000+10x20 0+10x180"  # a counter that begins again at 0, and goes on as before
FORGOTTEN = "900+0x20 0+0x180"  # another, of what had happened long before
LONG_AGO = "900+0x200"

QUIET = "no traffic"
RESET = "a counter reset"
"""What each alert that reads counters has to be silent in."""
