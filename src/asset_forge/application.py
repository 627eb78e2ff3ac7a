"""The composition root: builds each part once and wires them; nothing else reaches for globals."""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import AsyncGenerator, Callable, Mapping, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from litestar import Litestar, Request
from litestar.types import HTTPScope

from asset_forge import __version__, catalog
from asset_forge.accounts import (
    AccountService,
    LocalSignIn,
    PasswordHasher,
    PrivySignIn,
    SignInProvider,
)
from asset_forge.actions import UserActions
from asset_forge.api.sessions import authenticate_request
from asset_forge.api.web import build_web, routes
from asset_forge.asset_types import AssetType
from asset_forge.assets import (
    AssetService,
    GeneratedAssets,
    ProjectService,
    SearchService,
    measure_storage,
    sweep_orphans,
)
from asset_forge.clock import Clock, utc_now
from asset_forge.database import Database, DatabaseMetrics, parse_database_url
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
from asset_forge.generation.embedding_account import EmbeddingAccount
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
from asset_forge.monitoring.budgets import STEP_SECONDS, Budgets, DeclaredMaintenance
from asset_forge.monitoring.prometheus_api import Prometheus
from asset_forge.observability.errors import (
    ERRORS_CAPTURED,
    TELEMETRY_DROPPED,
    ErrorStore,
    ErrorTracker,
    capture_unhandled,
    sentry_sink,
)
from asset_forge.observability.health import (
    HEALTH_CHECK_DURATION,
    HEALTH_CHECK_STATUS,
    Details,
    Drain,
    Health,
    HealthMetrics,
    HealthProbes,
    InFlightRequests,
    LoopWatchdog,
    checks,
)
from asset_forge.observability.http import (
    ASGIApp,
    EndpointFamilies,
    ObservedApplication,
    TrustedProxies,
)
from asset_forge.observability.logs import LOG_MESSAGES, MachineLevels, configure_logging
from asset_forge.observability.metrics import Registry
from asset_forge.observability.metrics.runtime import RuntimeSampler
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.requests import AccessLog, RequestIdentity, UnhandledErrors
from asset_forge.observability.siblings import Siblings
from asset_forge.observability.tracing import MachineTraces, build_tracer
from asset_forge.sampling import Sampler
from asset_forge.search import FullTextIndex
from asset_forge.settings import Settings, read_tracing
from asset_forge.storage import StorageMetrics, open_store, storage_check

if TYPE_CHECKING:
    from asset_forge.search.similarity import Similarity

_QUIET: Final = (
    "/metrics",
    "/metrics/business",
    *(f"/api/health/{probe}" for probe in ("live", "ready", "deep", "startup")),
)
"""Routes that are asked every few seconds; their requests are logged at the level debug."""

_MAINTENANCE_SECONDS: Final = 600.0

_log = logging.getLogger(__name__)


class Application:
    """All parts of one process: built from the settings, wired, started and stopped together."""

    def __init__(
        self, settings: Settings, *, clock: Clock = utc_now, log_to: int | None = None
    ) -> None:
        self.settings = settings
        self._clock = clock
        self.registry = Registry(catalog.DECLARATIONS, directory=settings.effective_metrics_dir)
        self.registry.info(
            catalog.BUILD_INFO,
            version=__version__,
            revision=settings.railway_deployment_id,
            python_version=platform.python_version(),
        )
        self.redactor = Redactor(known_secrets=settings.secrets)
        self.logs = configure_logging(
            level=settings.log_level,
            redactor=self.redactor,
            fd=log_to,
            messages=self.registry.counter(LOG_MESSAGES),
            dropped=self.registry.counter(TELEMETRY_DROPPED),
        )
        self.siblings = Siblings(settings.effective_metrics_dir / "siblings")
        self.machine_levels = MachineLevels(self.logs, self.siblings)
        self.errors = self._build_errors()
        lost = self.registry.counter(TELEMETRY_DROPPED).labels("traces")
        self.tracer = build_tracer(read_tracing(settings), self.redactor, on_lost=lost.inc)
        self.drain = Drain(
            grace_seconds=settings.effective_grace_seconds,
            linger_seconds=settings.effective_drain_seconds,
        )
        self._database_metrics = DatabaseMetrics(self.registry)
        self.database = Database(
            settings.effective_database_url,
            pool_size=settings.database_pool_size,
            metrics=self._database_metrics,
        )
        self.storage = open_store(
            settings.storage_url or (settings.data_dir.absolute() / "objects").as_uri(),
            variables=settings.store_variables,
            reserve_bytes=settings.volume_reserve_bytes,
            metrics=StorageMetrics(self.registry),
        )
        self.actions = UserActions(self.registry)
        self.accounts = AccountService(
            self.database,
            clock=clock,
            registry=self.registry,
            providers=self._sign_in_providers(),
            session_lifetime=timedelta(hours=settings.session_hours),
            default_quota_bytes=settings.default_user_quota_bytes,
        )
        self.projects = ProjectService(self.database, clock=clock, registry=self.registry)
        self.assets = AssetService(
            self.database,
            self.storage,
            clock=clock,
            registry=self.registry,
            max_upload_bytes=settings.max_upload_bytes,
            signed_download_seconds=settings.signed_download_seconds,
        )
        self.metrics = GenerationMetrics.of(self.registry)
        self.spending = Spending(
            self.database, clock, limit_usd=settings.ai_spend_limit_usd_per_day
        )
        self.similarity = self._build_similarity() if settings.qdrant_url else None
        self.search = SearchService(
            self.database,
            self.similarity.index if self.similarity else FullTextIndex(self.database),
            registry=self.registry,
        )
        self.runtime = RuntimeSampler(self.registry, on_exhausted=self._report_exhaustion)
        self.watchdog = LoopWatchdog(packages=("asset_forge",))
        self._build_generation()
        self.health = self._build_health()
        self.budgets = self._build_budgets()
        self.sampler = Sampler(
            {
                "sessions": self._sample_sessions,
                "queue": self._sample_queue,
                "storage": self._sample_storage,
                "spend": self._sample_spend,
            },
            self.registry.counter(catalog.SAMPLE_FAILURES),
        )
        self.objectives_sampler = Sampler(
            {"objectives": self.budgets.sample},
            self.registry.counter(catalog.SAMPLE_FAILURES),
            interval_seconds=STEP_SECONDS,
        )

    def _sign_in_providers(self) -> Sequence[SignInProvider]:
        settings = self.settings
        made: dict[str, Callable[[], SignInProvider]] = {
            "local": lambda: LocalSignIn(self.database, PasswordHasher()),
            "privy": lambda: PrivySignIn.of(
                settings.privy_app_id,
                verification_key=settings.privy_verification_key,
                jwks_url=settings.privy_jwks_url,
                clock=self._clock,
            ),
        }
        return [made[name]() for name in settings.auth_providers or ("local",)]

    def _build_generation(self) -> None:
        settings = self.settings
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
            self.metrics.expect_calls(name, map(provider.model_for, AssetType))
        if expander is not None:
            self.metrics.expect_calls(expander.name, [expander.model])
        self.records = GenerationRecords(self.database, self._clock)
        assets = GeneratedAssets(self.database, self.storage, clock=self._clock)
        claims = self._build_door(assets)
        choice = Choice(
            self.providers, provider_orders(settings, remote=bool(remote)), self.door.breakers
        )
        making = Making(
            records=self.records,
            choice=choice,
            expander=expander,
            door=self.door,
            assets=assets,
            clock=self._clock,
            longest_wait=timedelta(seconds=settings.provider_wait_seconds),
        )
        self.pipeline = Pipeline(
            Parts(
                records=self.records,
                making=making,
                claims=claims,
                assets=assets,
                search=self.search,
                metrics=self.metrics,
                tracer=self.tracer,
                clock=self._clock,
                report_error=self._report_error,
                add_breadcrumb=self._add_breadcrumb,
            )
        )
        self._build_engine(making.queue_of)
        self.generations = GenerationService(
            records=self.records,
            pipeline=self.pipeline,
            choice=choice,
            projects=self.projects,
            actions=self.actions,
            clock=self._clock,
            enqueue=self.engine.enqueue,
            is_draining=lambda: self.drain.draining,
        )

    def _build_similarity(self) -> Similarity:
        # An extra of the package, and slow to import.
        from asset_forge.search.similarity import build_similarity

        settings = self.settings
        return build_similarity(
            settings,
            self.database,
            registry=self.registry,
            account=EmbeddingAccount(
                self.metrics,
                load_prices(settings.prices_file),
                self.spending,
                provider="openai",
                model=settings.embedding_model,
            ),
            elect=lambda: self.executors.elect("vector-index", seconds=60.0),
        )

    def _build_door(self, assets: GeneratedAssets) -> Claims:
        settings = self.settings
        claims = Claims(self.database, self._clock, self.spending)
        self.door = ProviderDoor(
            DoorParts(
                metrics=self.metrics,
                clock=self._clock,
                claims=claims,
                spending=self.spending,
                prices=load_prices(settings.prices_file),
                assets=assets,
                downloads=Downloads(assets),
                redact=self.redactor.text,
                is_cancelled=self.records.is_cancelled,
                add_breadcrumb=self._add_breadcrumb,
            ),
            tuple(self.providers),
            Limits(
                request_seconds=settings.provider_request_seconds,
                operation_seconds=settings.provider_operation_seconds,
                breaker_seconds=settings.provider_breaker_seconds,
            ),
        )
        return claims

    def _build_engine(self, queue_of: Callable[[Generation], str]) -> None:
        settings = self.settings
        database = parse_database_url(settings.effective_database_url)
        embedded = database.dialect == "sqlite"
        sync_url = database.synchronous.render_as_string(hide_password=False)
        jobs = database.synchronous.set(database=str(database.path.with_name("jobs.db")))
        self.executors = Executors(
            self.database,
            self._clock,
            id=new_id(),
            sync_url=sync_url,
            version=__version__,
            locks=database.path.with_name("executors") if embedded else None,
        )
        self.engine = JobEngine(
            pipeline=self.pipeline,
            records=self.records,
            executors=self.executors,
            system_database_url=jobs.render_as_string() if embedded else sync_url,
            queues=queue_limits(settings, self.providers),
            queue_of=queue_of,
            runs_jobs=settings.run_jobs,
            pool_size=settings.jobs_pool_size,
        )

    def _build_health(self) -> Health:
        data_dir = self.settings.data_dir.absolute()
        configured = {
            "meshy": self.settings.meshy_api_key is not None,
            "openai": self.settings.openai_api_key is not None,
            "anthropic": self.settings.anthropic_api_key is not None,
            "elevenlabs": self.settings.elevenlabs_api_key is not None,
            "privy": bool(self.settings.privy_app_id),
        }
        return Health(
            [
                checks.database(
                    lambda: self.database.ping(1.5), strains=self._database_metrics.strains
                ),
                checks.qdrant(self.similarity.vectors.exists if self.similarity else None),
                checks.disk(data_dir, tmp_dir=data_dir / "tmp", assets_dir=data_dir / "objects"),
                *([] if self.storage.is_local else [storage_check(self.storage)]),
                checks.memory(self._heap),
                checks.external_apis(configured, last_outcomes=self._last_outcomes),
            ],
            environment=self.settings.environment.value,
            drain=self.drain,
            metrics=HealthMetrics(
                self.registry.gauge(HEALTH_CHECK_STATUS),
                self.registry.histogram(HEALTH_CHECK_DURATION),
            ),
        )

    def _build_budgets(self) -> Budgets:
        url = self.settings.prometheus_url
        return Budgets(
            self.registry,
            clock=self._clock,
            prometheus=Prometheus(url) if url else None,
            maintenance=DeclaredMaintenance(self.settings.maintenance_file),
        )

    def _build_errors(self) -> ErrorTracker:
        settings = self.settings
        dropped = self.registry.counter(TELEMETRY_DROPPED)
        dsn = settings.sentry_dsn
        sentry = sentry_sink(
            None if dsn is None else dsn.get_secret_value(),
            environment=settings.environment.value,
            in_development=settings.sentry_in_development,
        )
        return ErrorTracker(
            store=ErrorStore(settings.data_dir / "errors.db"),
            redactor=self.redactor,
            sentry=sentry,
            captured=self.registry.counter(ERRORS_CAPTURED),
            dropped=dropped,
            environment=settings.environment.value,
            release=settings.railway_deployment_id or __version__,
            in_app=("asset_forge",),
        )

    def web(self, *, api: bool = True) -> ObservedApplication:
        """Build the ASGI application, or metrics and probes alone; its lifespan is `working`."""

        @asynccontextmanager
        async def lifespan(_: Litestar) -> AsyncGenerator[None]:
            async with self.working():
                self.health.mark_started()
                yield

        litestar = build_web(
            {
                "accounts": self.accounts,
                "assets": self.assets,
                "projects": self.projects,
                "search": self.search,
                "generations": self.generations,
                "registry": self.registry,
                "settings": self.settings,
                "errors": self.errors,
                "machine_levels": self.machine_levels,
                "traces": MachineTraces(self.tracer.store, self.siblings),
                "budgets": self.budgets,
            },
            lifespan=[lifespan],
            report_error=self._report_request_error,
            local_only=not self.settings.allow_anonymous,
            api=api,
        )
        probes = HealthProbes(
            cast("ASGIApp", litestar),
            self.health,
            details=Details(self.settings.effective_health_details),
            is_authorized=self._is_authorized,
        )
        identity = RequestIdentity(self.tracer)
        access = AccessLog(self.logs, self.redactor, quiet=_QUIET)
        observed = ObservedApplication(
            InFlightRequests(probes, self.drain),
            self.registry,
            observers=(identity, access, UnhandledErrors(self.errors)),
            endpoints=EndpointFamilies(
                self.registry.counter(catalog.REQUESTS_BY_ENDPOINT),
                self.registry.histogram(catalog.RESPONSE_TIME_BY_ENDPOINT),
            ),
            proxies=TrustedProxies(self.settings.trusted_proxies),
        )
        for method, route, statuses in routes(litestar):
            observed.expect(method, route, statuses)
        return observed

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Start everything but the HTTP server, and stop it in order when the block ends."""
        async with AsyncExitStack() as stack:
            stack.callback(self.registry.close)
            stack.callback(self.logs.close)
            stack.callback(self.tracer.close)
            stack.callback(self.errors.close)
            self.siblings.start()
            stack.callback(self.siblings.close)
            await asyncio.to_thread(self.machine_levels.catch_up)
            stack.enter_context(capture_unhandled(self.errors, asyncio.get_running_loop()))
            stack.push_async_callback(self.database.dispose)
            stack.callback(self.children.close)
            stack.push_async_callback(self._close_providers)
            self.watchdog.start()
            stack.callback(self.watchdog.stop)
            await self.runtime.start()
            stack.push_async_callback(self.runtime.stop)
            if not self.settings.auth_providers:
                await self.accounts.ensure_local_operator()
            await self.engine.start()
            stack.push_async_callback(self._stop_engine)
            await stack.enter_async_context(self.health.running())
            await stack.enter_async_context(self.sampler.running())
            if self.similarity is not None:
                await stack.enter_async_context(self.similarity.running())
            await stack.enter_async_context(self.objectives_sampler.running())
            stack.push_async_callback(self.budgets.close)
            housekeeping = asyncio.create_task(self._keep_house(), name="housekeeping")
            stack.push_async_callback(_end, housekeeping)
            yield

    async def _stop_engine(self) -> None:
        """Let running jobs finish in what the requests have left of the grace period."""
        await self.engine.stop(self.drain.grace_left_seconds)

    async def _close_providers(self) -> None:
        await self.door.close()
        for provider in self.providers.values():
            await provider.close()

    async def _keep_house(self) -> None:
        try:
            if self.settings.run_jobs:
                await self.children.warm_up()
        except Exception:  # noqa: BLE001 - only a head start; the first job starts a child itself
            _log.warning("no child process could be started ahead of the jobs", exc_info=True)
        while True:
            try:
                await self.accounts.sweep()
                await sweep_orphans(self.database, self.storage, clock=self._clock)
            except Exception:  # noqa: BLE001 - tried again; nothing else waits for it
                _log.warning("housekeeping failed; it is tried again", exc_info=True)
            await asyncio.sleep(_MAINTENANCE_SECONDS)

    async def _sample_sessions(self) -> None:
        count = await self.accounts.count_active_sessions()
        self.registry.gauge(catalog.ACTIVE_SESSIONS).labels().set(count)

    async def _sample_queue(self) -> None:
        state = await self.records.queue_state()
        self.metrics.queue_depth.labels().set(state.depth)
        self.metrics.queue_oldest.labels().set(state.oldest_seconds)

    async def _sample_storage(self) -> None:
        await measure_storage(self.database, self.settings.data_dir, self.registry)

    async def _sample_spend(self) -> None:
        self.registry.gauge(catalog.AI_SPEND_DAY).labels().set(await self.spending.today())
        if self.spending.limit_usd is not None:
            limit = self.registry.gauge(catalog.AI_SPEND_LIMIT)
            limit.labels().set(self.spending.limit_usd)

    def _last_outcomes(self) -> Mapping[str, checks.LastOutcome]:
        return {
            name: checks.LastOutcome(
                outcome.error_type.value if outcome.error_type else "success",
                failed=outcome.is_providers_fault,
            )
            for name, outcome in self.door.last_outcomes.items()
        }

    async def _is_authorized(self, scope: MutableMapping[str, Any]) -> bool:
        """Say whether a caller may see the details of the deep probe: with any valid session."""
        request = Request[Any, Any, Any](cast("HTTPScope", scope))
        principal = await authenticate_request(
            self.accounts,
            method=request.method,
            headers=request.headers,
            cookies=request.cookies,
        )
        return principal is not None

    def _heap(self) -> checks.HeapUse:
        heap = self.runtime.heap()
        return checks.HeapUse(used_bytes=heap.part, total_bytes=heap.total)

    def _report_request_error(self, request: Request[Any, Any, Any], error: Exception) -> None:
        self.errors.capture(
            error,
            endpoint=request.scope.get("path_template") or "unmatched",
            method=request.method,
            params=dict(request.path_params),
        )

    def _report_exhaustion(self, limit: int) -> None:
        _log.error(
            "no file descriptor is left: new connections are dropped; the limit is %d", limit
        )
        self.errors.capture("no file descriptor is left", error_type="EMFILE", severity="critical")

    def _add_breadcrumb(self, stage: str, data: Mapping[str, str]) -> None:
        self.errors.add_breadcrumb(stage, category="generation", data=data)

    def _report_error(self, error: BaseException, tags: Mapping[str, str]) -> None:
        _log.error("generation failed", exc_info=error, extra=dict(tags))
        self.errors.capture(error, error_type="asset_generation_failed", tags=tags)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
