"""Everything that makes assets, from the request to the file, built from the settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from asset_forge import __version__
from asset_forge.actions import UserActions
from asset_forge.asset_types import AssetType
from asset_forge.assets import GeneratedAssets, ProjectService, SearchService
from asset_forge.clock import Clock
from asset_forge.database import Database, parse_database_url
from asset_forge.database.models import Generation
from asset_forge.generation.assembly import (
    prompt_expander,
    provider_orders,
    queue_limits,
    remote_providers,
)
from asset_forge.generation.children import ChildProcesses
from asset_forge.generation.choice import Choice
from asset_forge.generation.claims import Claims
from asset_forge.generation.door import DoorParts, Limits, ProviderDoor
from asset_forge.generation.downloads import Downloads
from asset_forge.generation.engine import JobEngine
from asset_forge.generation.executors import Executors
from asset_forge.generation.making import FREE_PROVIDER, Making
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.pipeline import Parts, Pipeline
from asset_forge.generation.prices import load_prices
from asset_forge.generation.providers.base import Provider
from asset_forge.generation.providers.procedural_provider import PRELOAD, ProceduralProvider
from asset_forge.generation.records import GenerationRecords
from asset_forge.generation.service import GenerationService
from asset_forge.generation.spending import Spending
from asset_forge.ids import new_id
from asset_forge.settings import Settings
from asset_forge.storage import ObjectStore
from asset_forge.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a production works with, and does not own."""

    database: Database
    storage: ObjectStore
    projects: ProjectService
    search: SearchService
    actions: UserActions
    metrics: GenerationMetrics
    spending: Spending
    telemetry: Telemetry
    clock: Clock
    is_draining: Callable[[], bool]


class Production:
    """The providers, the door to them, the pipeline, and the engine that runs its jobs."""

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self._settings = settings
        self._around = around
        self.children = ChildProcesses(
            settings.procedural_processes,
            timeout_seconds=settings.procedural_timeout_seconds,
            preload=PRELOAD,
        )
        remote = remote_providers(settings, self.children)
        self.providers: dict[str, Provider] = {
            **remote,
            FREE_PROVIDER: ProceduralProvider(self.children),
        }
        expander = prompt_expander(settings, remote)
        for name, provider in self.providers.items():
            around.metrics.expect_calls(name, map(provider.model_for, AssetType))
        if expander is not None:
            around.metrics.expect_calls(expander.name, [expander.model])
        self.records = GenerationRecords(around.database, around.clock)
        assets = GeneratedAssets(around.database, around.storage, clock=around.clock)
        claims = Claims(around.database, around.clock, around.spending)
        self.door = self._build_door(assets, claims)
        choice = Choice(
            self.providers, provider_orders(settings, remote=bool(remote)), self.door.breakers
        )
        making = Making(
            records=self.records,
            choice=choice,
            expander=expander,
            door=self.door,
            assets=assets,
            clock=around.clock,
            longest_wait=timedelta(seconds=settings.provider_wait_seconds),
        )
        pipeline = Pipeline(
            Parts(
                records=self.records,
                making=making,
                claims=claims,
                assets=assets,
                search=around.search,
                metrics=around.metrics,
                tracer=around.telemetry.tracer,
                clock=around.clock,
                report_error=around.telemetry.report_failed_generation,
                add_breadcrumb=around.telemetry.note_step,
            )
        )
        self.executors, self.engine = self._build_engine(pipeline, making.queue_of)
        self.generations = GenerationService(
            records=self.records,
            pipeline=pipeline,
            choice=choice,
            projects=around.projects,
            actions=around.actions,
            clock=around.clock,
            enqueue=self.engine.enqueue,
            is_draining=around.is_draining,
        )

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Keep what makes assets at hand while the block runs; `engine` takes jobs once it is
        started."""
        async with AsyncExitStack() as stack:
            stack.callback(self.children.close)
            for provider in self.providers.values():
                stack.push_async_callback(provider.close)
            stack.push_async_callback(self.door.close)
            yield

    def _build_door(self, assets: GeneratedAssets, claims: Claims) -> ProviderDoor:
        settings, around = self._settings, self._around
        return ProviderDoor(
            DoorParts(
                metrics=around.metrics,
                clock=around.clock,
                claims=claims,
                spending=around.spending,
                prices=load_prices(settings.prices_file),
                assets=assets,
                downloads=Downloads(assets),
                redact=around.telemetry.redactor.text,
                is_cancelled=self.records.is_cancelled,
                add_breadcrumb=around.telemetry.note_step,
            ),
            tuple(self.providers),
            Limits(
                request_seconds=settings.provider_request_seconds,
                operation_seconds=settings.provider_operation_seconds,
                breaker_seconds=settings.provider_breaker_seconds,
            ),
        )

    def _build_engine(
        self, pipeline: Pipeline, queue_of: Callable[[Generation], str]
    ) -> tuple[Executors, JobEngine]:
        settings, around = self._settings, self._around
        database = parse_database_url(settings.effective_database_url)
        embedded = database.dialect == "sqlite"
        sync_url = database.synchronous.render_as_string(hide_password=False)
        jobs = database.synchronous.set(database=str(database.path.with_name("jobs.db")))
        executors = Executors(
            around.database,
            around.clock,
            id=new_id(),
            sync_url=sync_url,
            version=__version__,
            locks=database.path.with_name("executors") if embedded else None,
        )
        engine = JobEngine(
            pipeline=pipeline,
            records=self.records,
            executors=executors,
            system_database_url=jobs.render_as_string() if embedded else sync_url,
            queues=queue_limits(settings, self.providers),
            queue_of=queue_of,
            runs_jobs=settings.run_jobs,
            pool_size=settings.jobs_pool_size,
        )
        return executors, engine
