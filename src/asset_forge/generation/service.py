"""Generation as its users see it: ask for an asset, look at the job, cancel it."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
import msgspec
from sqlalchemy import ColumnElement

from asset_forge import faults
from asset_forge.accounts import Principal
from asset_forge.actions import UserActions
from asset_forge.asset_types import AssetType
from asset_forge.assets import ProjectService, clean_name
from asset_forge.catalog import PROVIDERS
from asset_forge.clock import Clock
from asset_forge.database.models import Generation
from asset_forge.generation.choice import Choice
from asset_forge.generation.failures import GenerationFailed
from asset_forge.generation.pipeline import Pipeline
from asset_forge.generation.records import OPEN, STATUSES, GenerationRecords
from asset_forge.generation.steps import REVISION
from asset_forge.ids import is_id, new_id
from asset_forge.observability.tracing import phase

MAX_PROMPT: Final = 4000
"""Characters; a longer prompt says no more to any of the providers."""

MAX_SEED: Final = 2**53 - 1
"""The largest integer that every reader of JSON keeps exact."""

MAX_WAITING: Final = 10_000
"""Jobs in the queue, over all users; beyond it requests are refused until some are done."""

PAGE_LIMIT: Final = 100
POLL_SECONDS: Final = 0.25
HEARTBEAT_SECONDS: Final = 15.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a user asks for, as it was sent. A seed that is not given is drawn."""

    name: str
    type: str
    prompt: str
    provider: str = "auto"
    seed: int | None = None
    project_id: str | None = None
    options: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Origin:
    """The request and trace that a job comes from, to be found again in its logs and spans."""

    request_id: str | None = None
    traceparent: str | None = None


class GenerationService:
    """Accepts, lists, follows and cancels generations."""

    def __init__(
        self,
        *,
        records: GenerationRecords,
        pipeline: Pipeline,
        choice: Choice,
        projects: ProjectService,
        actions: UserActions,
        clock: Clock,
        enqueue: Callable[[str], Awaitable[None]],
        is_draining: Callable[[], bool],
    ) -> None:
        self._records = records
        self._pipeline = pipeline
        self._choice = choice
        self._projects = projects
        self._actions = actions
        self._clock = clock
        self._enqueue = enqueue
        self._is_draining = is_draining

    async def submit(
        self,
        principal: Principal,
        request: GenerationRequest,
        *,
        idempotency_key: str | None = None,
        origin: Origin | None = None,
    ) -> Generation:
        """Accept a request: its row is committed when this returns, and its job will run.

        The same `idempotency_key` of the same user returns the first request's row.

        Raises:
            faults.InvalidRequest: A field is wrong, or the key was used for another request.
            faults.NotFound: There is no such project.
            faults.Unavailable: Too many jobs wait.
        """
        if idempotency_key is not None and not 1 <= len(idempotency_key) <= 200:
            raise faults.InvalidRequest("must have 1 to 200 characters", field="Idempotency-Key")
        with phase("validate"):
            asset_type = self._check(request)
        if request.project_id is not None:
            await self._projects.get(principal, request.project_id)
        row = self._row(principal, request, asset_type, idempotency_key, origin or Origin())
        if idempotency_key is not None:
            earlier = await self._records.by_idempotency_key(principal.user_id, idempotency_key)
            if earlier is not None:
                return _same_request(earlier, row)
        if (await self._records.queue_state()).depth >= MAX_WAITING:
            raise faults.Unavailable(
                f"{MAX_WAITING} generations are waiting already; try again later", retry_after=30.0
            )
        added = await self._records.add(row)
        if added is not row:
            return _same_request(added, row)
        self._actions.count("create", "generation")
        await self._try_to_enqueue(row.id)
        return row

    async def get(self, principal: Principal, generation_id: str) -> Generation:
        """Read one job of the principal's; operators read everybody's. Counts as a read."""
        row = await self._find(principal, generation_id)
        self._actions.count("read", "generation")
        return row

    async def list(
        self,
        principal: Principal,
        *,
        status: str | None = None,
        type: str | None = None,  # noqa: A002
        project_id: str | None = None,
        cursor: str | None = None,
        limit: int = 20,
    ) -> tuple[Sequence[Generation], str | None]:
        """Read a page of jobs, newest first, and the cursor of the next one (None at the end)."""
        conditions: list[ColumnElement[bool]] = []
        if principal.role != "operator":
            conditions.append(Generation.owner_id == principal.user_id)
        if status is not None:
            if status not in STATUSES:
                raise faults.InvalidRequest(f"must be one of {_listed(STATUSES)}", field="status")
            conditions.append(Generation.status == status)
        if type is not None:
            conditions.append(Generation.type == _asset_type(type))
        if project_id is not None:
            conditions.append(Generation.project_id == project_id)
        if cursor is not None and not is_id(cursor):
            raise faults.InvalidRequest("must be a nextCursor of an earlier page", field="cursor")
        if not 1 <= limit <= PAGE_LIMIT:
            raise faults.InvalidRequest(f"must be from 1 to {PAGE_LIMIT}", field="limit")
        rows = await self._records.page(conditions, before=cursor, limit=limit + 1)
        self._actions.count("read", "generation")
        more = len(rows) > limit
        return rows[:limit], rows[limit - 1].id if more else None

    async def cancel(self, principal: Principal, generation_id: str) -> Generation:
        """Cancel a job: at once while it waits, at the next step boundary while it runs.

        Raises:
            faults.Conflict: It has ended already.
        """
        row = await self._find(principal, generation_id)
        if not await self._records.request_cancel(row.id):
            raise faults.Conflict(f"The generation has ended already: it {_past(row.status)}")
        if row.status == "queued":
            await self._pipeline.finish(row, None, waiting_only=True)
        self._actions.count("update", "generation")
        return await self._find(principal, generation_id)

    async def follow(
        self, principal: Principal, generation_id: str
    ) -> AsyncGenerator[Generation | None]:
        """Find a job of the principal's and return its `changes`."""
        row = await self._find(principal, generation_id)
        self._actions.count("read", "generation")
        return self.changes(row)

    async def changes(self, row: Generation) -> AsyncGenerator[Generation | None]:
        """Yield the job each time it changes, until it has ended; None as a sign of life.

        A process that is told to end lets its followers go; they come back to another one.

        Reads the row, so that it works wherever the job runs.
        """
        seen = None
        quiet_since = anyio.current_time()
        while True:
            state = (
                row.status,
                row.stage,
                row.cancel_requested_at,
                msgspec.json.encode(row.stages),
            )
            if state != seen:
                seen = state
                quiet_since = anyio.current_time()
                yield row
            elif anyio.current_time() - quiet_since > HEARTBEAT_SECONDS:
                quiet_since = anyio.current_time()
                yield None
            if row.status not in OPEN or self._is_draining():
                return
            await anyio.sleep(POLL_SECONDS)
            current = await self._records.get(row.id)
            if current is None:
                return
            row = current

    async def _find(self, principal: Principal, generation_id: str) -> Generation:
        row = await self._records.get(generation_id) if is_id(generation_id) else None
        if row is None or (principal.role != "operator" and row.owner_id != principal.user_id):
            raise faults.NotFound(f"There is no generation {generation_id!r}")
        return row

    def _check(self, request: GenerationRequest) -> AssetType:
        asset_type = _asset_type(request.type)
        if not request.prompt.strip():
            raise faults.InvalidRequest("must say what to make; it is empty", field="prompt")
        if len(request.prompt) > MAX_PROMPT:
            raise faults.InvalidRequest(
                f"has {len(request.prompt)} characters; the limit is {MAX_PROMPT}", field="prompt"
            )
        if "\x00" in request.prompt or not _encodable(request.prompt):
            raise faults.InvalidRequest("holds characters that are no text", field="prompt")
        if request.seed is not None and not 0 <= request.seed <= MAX_SEED:
            raise faults.InvalidRequest(f"must be from 0 to {MAX_SEED}", field="seed")
        if request.provider not in ("auto", *PROVIDERS):
            raise faults.InvalidRequest(
                f"must be one of {_listed(('auto', *PROVIDERS))}", field="provider"
            )
        try:
            self._choice.check(request.provider, asset_type, request.options)
        except GenerationFailed as failure:
            raise faults.InvalidRequest(failure.message, field="provider") from None
        except ValueError as error:
            raise faults.InvalidRequest(str(error), field="options") from None
        return asset_type

    def _row(
        self,
        principal: Principal,
        request: GenerationRequest,
        asset_type: AssetType,
        idempotency_key: str | None,
        origin: Origin,
    ) -> Generation:
        content = msgspec.json.encode(request, order="sorted")
        return Generation(
            id=new_id(),
            owner_id=principal.user_id,
            project_id=request.project_id,
            idempotency_key=idempotency_key,
            request_hash=hashlib.sha256(content).hexdigest(),
            revision=REVISION,
            name=clean_name(request.name),
            type=asset_type.value,
            prompt=request.prompt,
            requested_provider=request.provider,
            seed=secrets.randbits(32) if request.seed is None else request.seed,
            options=dict(request.options),
            status="queued",
            stages={},
            runs=0,
            request_id=origin.request_id,
            traceparent=origin.traceparent,
            created_at=self._clock(),
        )

    async def _try_to_enqueue(self, generation_id: str) -> None:
        try:
            await self._enqueue(generation_id)
        except Exception:  # noqa: BLE001 - the row is committed, and the sweep enqueues it
            _log.warning("a job could not be enqueued at once; the sweep will", exc_info=True)


def _asset_type(text: str) -> AssetType:
    try:
        return AssetType(text)
    except ValueError:
        raise faults.InvalidRequest(f"must be one of {_listed(AssetType)}", field="type") from None


def _same_request(earlier: Generation, row: Generation) -> Generation:
    if earlier.request_hash != row.request_hash:
        raise faults.InvalidRequest(
            "was used for another request already; give each request a key of its own",
            field="Idempotency-Key",
        )
    return earlier


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _listed(values: Sequence[str] | type[AssetType]) -> str:
    return ", ".join(values)


def _past(status: str) -> str:
    return {"cancelled": "was cancelled"}.get(status, status)
