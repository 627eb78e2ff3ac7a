"""`/api/generation`: ask for an asset, follow the job, cancel it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from asset_forge.accounts import Principal
from asset_forge.api.assets import PageCursor, PageLimit
from asset_forge.api.bodies import Body
from asset_forge.api.problems import problem_responses
from asset_forge.asset_types import AssetType
from asset_forge.assets import NAME_LIMIT
from asset_forge.catalog import PROVIDERS
from asset_forge.clock import rfc3339
from asset_forge.database.models import Generation
from asset_forge.generation.pipeline import STAGES
from asset_forge.generation.records import OPEN, Status
from asset_forge.generation.service import (
    MAX_PROMPT,
    MAX_SEED,
    GenerationRequest,
    GenerationService,
    Origin,
)
from asset_forge.observability import context
from asset_forge.observability.tracing import current_traceparent, keep_trace


def _documented(description: str, **schema: object) -> msgspec.Meta:
    """Describe a field whose value the service checks, in words of its own."""
    return msgspec.Meta(extra_json_schema={"description": description, "extra": schema})


_Name = Annotated[str, _documented("What to call the asset", min_length=1, max_length=NAME_LIMIT)]
_Type = Annotated[str, _documented("What to make", enum=[kind.value for kind in AssetType])]
_Prompt = Annotated[
    str, _documented("What it is like, in words", min_length=1, max_length=MAX_PROMPT)
]
_Expanded = Annotated[
    str | None,
    _documented("What a language model made of the prompt, for a provider that was sent this"),
]
_Provider = Annotated[
    str, _documented("Who makes it; auto takes the first that can", enum=["auto", *PROVIDERS])
]
_Seed = Annotated[
    int, _documented("The same prompt and seed give the same file", minimum=0, maximum=MAX_SEED)
]


class GenerationBody(Body):
    """What to make. A seed that is not given is drawn."""

    name: _Name
    type: _Type
    prompt: _Prompt
    provider: _Provider = "auto"
    seed: _Seed | None = None
    project_id: str | None = None
    options: dict[str, Any] = {}  # noqa: RUF012 - msgspec makes a new one each time


class Stage(msgspec.Struct, rename="camel", omit_defaults=True):
    """When a step began, and how long it took once it is done."""

    started_at: str
    duration_seconds: float | None = None


class JobError(msgspec.Struct, rename="camel"):
    """Why a job failed."""

    type: str
    message: str


class GenerationView(msgspec.Struct, rename="camel"):
    """A job: what was asked for, where it is, and what came of it."""

    id: str
    name: str
    type: str
    prompt: str
    expanded_prompt: _Expanded
    provider: str
    model: str | None
    seed: int
    options: dict[str, Any]
    status: str
    stage: str | None
    progress: float
    stages: dict[str, Stage]
    project_id: str | None
    asset_id: str | None
    error: JobError | None
    cancel_requested: bool
    created_at: str
    started_at: str | None
    finished_at: str | None


class GenerationPage(msgspec.Struct, rename="camel"):
    """A page of jobs, newest first."""

    items: list[GenerationView]
    next_cursor: str | None


def view(row: Generation) -> GenerationView:
    """Present a row."""
    done = sum("durationSeconds" in row.stages.get(name, {}) for name in STAGES)
    return GenerationView(
        id=row.id,
        name=row.name,
        type=row.type,
        prompt=row.prompt,
        expanded_prompt=row.expanded_prompt,
        provider=row.provider or row.requested_provider,
        model=row.model,
        seed=row.seed,
        options=row.options,
        status=row.status,
        stage=row.stage if row.status in OPEN else None,
        progress=1.0 if row.status == "succeeded" else round(done / len(STAGES), 2),
        stages={n: msgspec.convert(s, Stage) for n, s in row.stages.items()},
        project_id=row.project_id,
        asset_id=row.asset_id,
        error=JobError(row.error_type, row.error_message or "") if row.error_type else None,
        cancel_requested=row.cancel_requested_at is not None,
        created_at=rfc3339(row.created_at),
        started_at=_time(row.started_at),
        finished_at=_time(row.finished_at),
    )


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment is not None else None


class GenerationController(Controller):
    """The routes of generations."""

    path = "/api/generation"
    tags = ("generation",)

    @post(
        status_code=202,
        summary="Ask for an asset",
        responses=problem_responses(401, 404, 415),
    )
    async def submit(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[GenerationBody],
        principal: NamedDependency[Principal],
        generations: NamedDependency[GenerationService],
        idempotency_key: Annotated[
            str | None,
            HeaderParameter(
                name="Idempotency-Key",
                description="A retry with the same key returns the first request's job",
            ),
        ] = None,
    ) -> Response[GenerationView]:
        """Accept the request and queue its job; `Location` is where to look at it."""
        keep_trace()  # a job's trace is worth having, from its request to its end
        row = await generations.submit(
            principal,
            GenerationRequest(
                name=data.name,
                type=data.type,
                prompt=data.prompt,
                provider=data.provider,
                seed=data.seed,
                project_id=data.project_id,
                options=data.options,
            ),
            idempotency_key=idempotency_key,
            origin=Origin(context.current().request_id, current_traceparent()),
        )
        headers = {"location": f"/api/generation/{row.id}"}
        return Response(view(row), status_code=202, headers=headers)

    @get(summary="List jobs", responses=problem_responses(401))
    async def list(
        self,
        principal: NamedDependency[Principal],
        generations: NamedDependency[GenerationService],
        status: FromQuery[Status | None] = None,
        type: FromQuery[AssetType | None] = None,  # noqa: A002
        project_id: Annotated[str | None, QueryParameter(name="projectId")] = None,
        cursor: PageCursor = None,
        limit: PageLimit = 20,
    ) -> GenerationPage:
        """Read a page of jobs, newest first, filtered by status, type and project."""
        rows, next_cursor = await generations.list(
            principal, status=status, type=type, project_id=project_id, cursor=cursor, limit=limit
        )
        return GenerationPage([view(row) for row in rows], next_cursor)

    @get("/{generation_id:str}", summary="Look at a job", responses=problem_responses(401, 404))
    async def read(
        self,
        generation_id: FromPath[str],
        principal: NamedDependency[Principal],
        generations: NamedDependency[GenerationService],
    ) -> GenerationView:
        """Read one job."""
        return view(await generations.get(principal, generation_id))

    @get(
        "/{generation_id:str}/events",
        summary="Follow a job",
        responses=problem_responses(401, 404),
        media_type="text/event-stream",
    )
    async def follow(
        self,
        generation_id: FromPath[str],
        principal: NamedDependency[Principal],
        generations: NamedDependency[GenerationService],
    ) -> ServerSentEvent:
        """Stream the job as server-sent events `generation`, until one shows its end."""
        changes = await generations.follow(principal, generation_id)
        return ServerSentEvent(_events(changes), headers={"cache-control": "no-store"})

    @post(
        "/{generation_id:str}/cancel",
        status_code=202,
        summary="Cancel a job",
        responses=problem_responses(401, 404, 409, 415),
    )
    async def cancel(
        self,
        generation_id: FromPath[str],
        principal: NamedDependency[Principal],
        generations: NamedDependency[GenerationService],
    ) -> GenerationView:
        """Cancel a job: at once while it waits, at its next step boundary while it runs."""
        return view(await generations.cancel(principal, generation_id))


async def _events(
    changes: AsyncGenerator[Generation | None],
) -> AsyncGenerator[ServerSentEventMessage]:
    async for row in changes:
        if row is None:
            yield ServerSentEventMessage(data=None, comment="still running")
        else:
            data = msgspec.json.encode(view(row)).decode()
            yield ServerSentEventMessage(data=data, event="generation")
