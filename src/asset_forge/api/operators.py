"""`/api/errors`, `/api/traces`, `/api/admin/log-levels`: what operators look at and turn."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from asset_forge import faults
from asset_forge.accounts import Principal
from asset_forge.api.bodies import Body
from asset_forge.api.problems import problem_responses
from asset_forge.observability.errors import (
    ErrorDetails,
    ErrorGroup,
    ErrorPage,
    ErrorTracker,
    Severity,
)
from asset_forge.observability.logs import MachineLevels
from asset_forge.observability.tracing import MachineTraces, TraceDetails, TracePage

_Fingerprint = FromPath[str]


@get(
    "/api/errors",
    summary="List errors",
    tags=["operators"],
    responses=problem_responses(401, 403),
)
async def list_errors(
    operator: NamedDependency[Principal],
    errors: NamedDependency[ErrorTracker],
    status: Annotated[
        Literal["unresolved", "resolved", "all"], QueryParameter(name="status")
    ] = "unresolved",
    severity: Annotated[Severity | None, QueryParameter(name="severity")] = None,
    cursor: Annotated[str | None, QueryParameter(name="cursor")] = None,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=100)] = 50,
) -> ErrorPage:
    """Read a page of error groups, the last seen first."""
    try:
        return await asyncio.to_thread(
            errors.store.groups,
            status=None if status == "all" else status,
            severity=severity,
            limit=limit,
            cursor=cursor,
        )
    except ValueError:
        message = "must be a nextCursor of an earlier page"
        raise faults.InvalidRequest(message, field="cursor") from None


@get(
    "/api/errors/{fingerprint:str}",
    summary="Look at an error",
    tags=["operators"],
    responses=problem_responses(401, 403, 404),
)
async def read_error(
    operator: NamedDependency[Principal],
    errors: NamedDependency[ErrorTracker],
    fingerprint: _Fingerprint,
) -> ErrorDetails:
    """Read one group with a sample of its events: stack, breadcrumbs, request and user."""
    found = await asyncio.to_thread(errors.store.group, fingerprint)
    if found is None:
        raise faults.NotFound(f"There is no error {fingerprint[:64]!r}")
    return found


@post(
    "/api/errors/{fingerprint:str}/resolve",
    status_code=200,
    summary="Resolve an error",
    tags=["operators"],
    responses=problem_responses(401, 403, 404, 415),
)
async def resolve_error(
    operator: NamedDependency[Principal],
    errors: NamedDependency[ErrorTracker],
    fingerprint: _Fingerprint,
) -> ErrorGroup:
    """Mark a group as resolved, until it is seen again."""
    found = await asyncio.to_thread(errors.store.resolve, fingerprint)
    if found is None:
        raise faults.NotFound(f"There is no error {fingerprint[:64]!r}")
    return found


@get(
    "/api/traces",
    summary="List traces",
    tags=["operators"],
    responses=problem_responses(401, 403),
)
async def list_traces(
    operator: NamedDependency[Principal],
    traces: NamedDependency[MachineTraces],
    min_seconds: Annotated[float, QueryParameter(name="minSeconds", ge=0)] = 0.0,
    errors_only: Annotated[bool, QueryParameter(name="errorsOnly")] = False,
    route: Annotated[str | None, QueryParameter(name="route")] = None,
    cursor: Annotated[str | None, QueryParameter(name="cursor")] = None,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=100)] = 50,
) -> TracePage:
    """Read a page of the traces that the processes of this machine have kept, newest first."""
    try:
        return await asyncio.to_thread(
            traces.list,
            limit=limit,
            cursor=cursor,
            min_seconds=min_seconds,
            errors_only=errors_only,
            route=route,
        )
    except ValueError:
        message = "must be a nextCursor of an earlier page"
        raise faults.InvalidRequest(message, field="cursor") from None


@get(
    "/api/traces/{trace_id:str}",
    summary="Look at a trace",
    tags=["operators"],
    responses=problem_responses(401, 403, 404),
)
async def read_trace(
    operator: NamedDependency[Principal],
    traces: NamedDependency[MachineTraces],
    trace_id: FromPath[str],
) -> TraceDetails:
    """Read one trace with the spans that the processes of this machine have of it."""
    found = await asyncio.to_thread(traces.get, trace_id)
    if found is None:
        raise faults.NotFound(f"No process that answered has a trace {trace_id[:64]!r}")
    return found


class LogLevelsBody(Body):
    """Levels by logger name; `root` is above all, `inherit` takes the level from above again."""

    levels: dict[str, str]


class LogLevels(msgspec.Struct, rename="camel"):
    """The levels that are set, by logger name; `root` is above all."""

    levels: dict[str, str]


class LogLevelsSet(msgspec.Struct, rename="camel"):
    """The levels as they are now, and how many processes of the machine did not take them."""

    levels: dict[str, str]
    silent_processes: int


@get(
    "/api/admin/log-levels",
    summary="Read the log levels",
    tags=["operators"],
    responses=problem_responses(401, 403),
)
async def read_log_levels(
    operator: NamedDependency[Principal],
    machine_levels: NamedDependency[MachineLevels],
) -> LogLevels:
    """Read the levels that are set in this process."""
    return LogLevels(machine_levels.read())


@put(
    "/api/admin/log-levels",
    summary="Set log levels",
    tags=["operators"],
    responses=problem_responses(401, 403, 415),
)
async def set_log_levels(
    data: JSONBody[LogLevelsBody],
    operator: NamedDependency[Principal],
    machine_levels: NamedDependency[MachineLevels],
) -> LogLevelsSet:
    """Set the levels of some loggers, all or none, in the processes of this machine.

    One that starts while another runs takes them too; after the last has ended, `LOG_LEVEL` counts.
    """
    for name, level in data.levels.items():
        if level not in MachineLevels.CHOICES or not 0 < len(name) <= 200:
            choices = ", ".join(MachineLevels.CHOICES)
            raise faults.InvalidRequest(f"must be one of {choices}", field=name[:200])
        if name == "root" and level == "inherit":
            raise faults.InvalidRequest("has no level above it to inherit", field="root")
    silent = await asyncio.to_thread(machine_levels.set, data.levels)
    return LogLevelsSet(machine_levels.read(), silent)
