"""What one process tells of itself: metrics, log, errors and traces, built from the settings."""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from asset_forge import __version__, catalog
from asset_forge.observability.errors import (
    ERRORS_CAPTURED,
    TELEMETRY_DROPPED,
    ErrorStore,
    ErrorTracker,
    capture_unhandled,
    sentry_sink,
)
from asset_forge.observability.health import LoopWatchdog
from asset_forge.observability.logs import LOG_MESSAGES, MachineLevels, configure_logging
from asset_forge.observability.metrics import Registry
from asset_forge.observability.metrics.runtime import RuntimeSampler
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.siblings import Siblings
from asset_forge.observability.tracing import MachineTraces, build_tracer
from asset_forge.settings import Settings, read_tracing

_log = logging.getLogger(__name__)


class Telemetry:
    """All that observes one process; `log_to` is a file descriptor, by default standard output."""

    def __init__(self, settings: Settings, *, log_to: int | None = None) -> None:
        self.redactor = Redactor(known_secrets=settings.secrets)
        # Before the registry, which has something to say where its directory cannot be used.
        self.logs = configure_logging(level=settings.log_level, redactor=self.redactor, fd=log_to)
        self.registry = Registry(catalog.DECLARATIONS, directory=settings.effective_metrics_dir)
        self.registry.info(
            catalog.BUILD_INFO,
            version=__version__,
            revision=settings.railway_deployment_id,
            python_version=platform.python_version(),
        )
        dropped = self.registry.counter(TELEMETRY_DROPPED)
        self.logs.count_in(self.registry.counter(LOG_MESSAGES), dropped)
        self.errors = self._build_errors(settings)
        self.tracer = build_tracer(
            read_tracing(settings), self.redactor, on_lost=dropped.labels("traces").inc
        )
        self.siblings = Siblings(settings.effective_metrics_dir / "siblings")
        self.machine_levels = MachineLevels(self.logs, self.siblings)
        self.machine_traces = MachineTraces(self.tracer.store, self.siblings)
        self.runtime = RuntimeSampler(self.registry, on_exhausted=self._report_exhaustion)
        self.watchdog = LoopWatchdog(packages=("asset_forge",))

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Observe while the block runs; afterwards send and write what waits."""
        async with AsyncExitStack() as stack:
            for sink in (self.registry, self.logs, self.tracer, self.errors):
                stack.callback(sink.close)
            self.siblings.start()
            stack.callback(self.siblings.close)
            await asyncio.to_thread(self.machine_levels.catch_up)
            stack.enter_context(capture_unhandled(self.errors, asyncio.get_running_loop()))
            self.watchdog.start()
            stack.callback(self.watchdog.stop)
            await self.runtime.start()
            stack.push_async_callback(self.runtime.stop)
            yield

    def keep_in_touch(self) -> None:
        """Answer the other processes of the machine also where that was impossible at first; blocks
        for a moment: call off the loop."""
        if self.siblings.start():
            self.machine_levels.catch_up()

    def report_failed_generation(self, error: BaseException, tags: Mapping[str, str]) -> None:
        """Log and capture what ended a generation."""
        _log.error("generation failed", exc_info=error, extra=dict(tags))
        self.errors.capture(error, error_type="asset_generation_failed", tags=tags)

    def note_step(self, stage: str, data: Mapping[str, str]) -> None:
        """Keep a step of a generation among the breadcrumbs."""
        self.errors.add_breadcrumb(stage, category="generation", data=data)

    def _report_exhaustion(self, limit: int) -> None:
        _log.error(
            "no file descriptor is left: new connections are dropped; the limit is %d", limit
        )
        self.errors.capture("no file descriptor is left", error_type="EMFILE", severity="critical")

    def _build_errors(self, settings: Settings) -> ErrorTracker:
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
            dropped=self.registry.counter(TELEMETRY_DROPPED),
            environment=settings.environment.value,
            release=settings.railway_deployment_id or __version__,
            in_app=("asset_forge",),
        )
