"""The composition root: builds each part once and wires them; nothing else reaches for globals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from litestar import Litestar, Request
from litestar.types import HTTPScope

from asset_forge import catalog
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
from asset_forge.assets import (
    AssetService,
    ProjectService,
    SearchService,
    measure_storage,
    sweep_orphans,
)
from asset_forge.clock import Clock, utc_now
from asset_forge.database import Database, DatabaseMetrics
from asset_forge.generation.embedding_account import EmbeddingAccount
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import load_prices
from asset_forge.generation.production import Production, Surroundings
from asset_forge.generation.spending import Spending
from asset_forge.monitoring.budgets import STEP_SECONDS, Budgets, DeclaredMaintenance
from asset_forge.monitoring.prometheus_api import Prometheus
from asset_forge.observability.health import (
    HEALTH_CHECK_DURATION,
    HEALTH_CHECK_STATUS,
    Details,
    Drain,
    Health,
    HealthMetrics,
    HealthProbes,
    InFlightRequests,
    checks,
)
from asset_forge.observability.http import (
    ASGIApp,
    EndpointFamilies,
    ObservedApplication,
    TrustedProxies,
)
from asset_forge.observability.requests import AccessLog, RequestIdentity, UnhandledErrors
from asset_forge.sampling import Sampler
from asset_forge.search import FullTextIndex
from asset_forge.settings import Settings
from asset_forge.storage import StorageMetrics, open_store, storage_check
from asset_forge.telemetry import Telemetry

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
        self.telemetry = Telemetry(settings, log_to=log_to)
        self.registry = self.telemetry.registry
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
        self._build_production()
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

    def _build_production(self) -> None:
        settings = self.settings
        self.metrics = GenerationMetrics.of(self.registry)
        self.spending = Spending(
            self.database, self._clock, limit_usd=settings.ai_spend_limit_usd_per_day
        )
        self.similarity = self._build_similarity() if settings.qdrant_url else None
        self.search = SearchService(
            self.database,
            self.similarity.index if self.similarity else FullTextIndex(self.database),
            registry=self.registry,
        )
        self.production = Production(
            settings,
            Surroundings(
                database=self.database,
                storage=self.storage,
                projects=self.projects,
                search=self.search,
                actions=UserActions(self.registry),
                metrics=self.metrics,
                spending=self.spending,
                telemetry=self.telemetry,
                clock=self._clock,
                is_draining=lambda: self.drain.draining,
            ),
        )
        self.generations = self.production.generations

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
            elect=lambda: self.production.executors.elect("vector-index", seconds=60.0),
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
                "errors": self.telemetry.errors,
                "machine_levels": self.telemetry.machine_levels,
                "traces": self.telemetry.machine_traces,
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
        identity = RequestIdentity(self.telemetry.tracer)
        access = AccessLog(self.telemetry.logs, self.telemetry.redactor, quiet=_QUIET)
        observed = ObservedApplication(
            InFlightRequests(probes, self.drain),
            self.registry,
            observers=(identity, access, UnhandledErrors(self.telemetry.errors)),
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
            await stack.enter_async_context(self.telemetry.running())
            stack.push_async_callback(self.database.dispose)
            await stack.enter_async_context(self.production.open())
            if not self.settings.auth_providers:
                await self.accounts.ensure_local_operator()
            await self.production.engine.start()
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
        await self.production.engine.stop(self.drain.grace_left_seconds)

    async def _keep_house(self) -> None:
        try:
            if self.settings.run_jobs:
                await self.production.children.warm_up()
        except Exception:  # noqa: BLE001 - only a head start; the first job starts a child itself
            _log.warning("no child process could be started ahead of the jobs", exc_info=True)
        while True:
            try:
                await asyncio.to_thread(self.telemetry.keep_in_touch)
                await self.accounts.sweep()
                await sweep_orphans(self.database, self.storage, clock=self._clock)
            except Exception:  # noqa: BLE001 - tried again; nothing else waits for it
                _log.warning("housekeeping failed; it is tried again", exc_info=True)
            await asyncio.sleep(_MAINTENANCE_SECONDS)

    async def _sample_sessions(self) -> None:
        count = await self.accounts.count_active_sessions()
        self.registry.gauge(catalog.ACTIVE_SESSIONS).labels().set(count)

    async def _sample_queue(self) -> None:
        state = await self.production.records.queue_state()
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
            for name, outcome in self.production.door.last_outcomes.items()
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
        heap = self.telemetry.runtime.heap()
        return checks.HeapUse(used_bytes=heap.part, total_bytes=heap.total)

    def _report_request_error(self, request: Request[Any, Any, Any], error: Exception) -> None:
        self.telemetry.errors.capture(
            error,
            endpoint=request.scope.get("path_template") or "unmatched",
            method=request.method,
            params=dict(request.path_params),
        )


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
