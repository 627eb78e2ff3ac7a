"""The provider door on a real database and storage, before simulated providers over real HTTP."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from tests.system.scrapes import Scrape

from asset_forge import catalog
from asset_forge.asset_types import AssetType
from asset_forge.assets import GeneratedAssets
from asset_forge.clock import utc_now
from asset_forge.database import Database
from asset_forge.database.models import Generation, ProviderClaim, User
from asset_forge.generation.claims import Claims
from asset_forge.generation.door import DoorParts, Limits, ProviderDoor
from asset_forge.generation.downloads import Downloads
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import load_prices
from asset_forge.generation.providers.base import Provider, ProviderRequest, ProviderResult
from asset_forge.generation.providers.meshy_provider import MeshyProvider
from asset_forge.generation.records import GenerationRecords
from asset_forge.generation.retries import RetryPolicy
from asset_forge.generation.spending import Spending
from asset_forge.ids import new_id
from asset_forge.observability.metrics import Registry
from asset_forge.observability.redaction import Redactor
from asset_forge.simulation.providers import SimulatedProviders, environment
from asset_forge.storage import ObjectStore, open_store

OWNER = "00000000-0000-7000-8000-000000000001"
QUICK = Limits(
    request_seconds=5.0,
    operation_seconds=20.0,
    breaker_seconds=30.0,
    retries=RetryPolicy(
        first_wait_seconds=0.01, longest_wait_seconds=0.5, finds_seconds=(0.0, 0.1)
    ),
)


@dataclass
class Workbench:
    """One process's door, with what a test asks it about."""

    database: Database
    storage: ObjectStore
    simulated: SimulatedProviders
    url: str
    limits: Limits
    spend_limit: float | None = None
    registry: Registry = field(init=False)
    door: ProviderDoor = field(init=False)
    breadcrumbs: list[tuple[str, Mapping[str, str]]] = field(init=False)

    def __post_init__(self) -> None:
        self.breadcrumbs = []
        self.registry = Registry(catalog.DECLARATIONS, strict=True)
        self.records = GenerationRecords(self.database, utc_now)
        self.spending = Spending(self.database, utc_now, limit_usd=self.spend_limit)
        self.claims = Claims(self.database, utc_now, self.spending)
        self.assets = GeneratedAssets(self.database, self.storage, clock=utc_now)
        variables = environment(self.url)
        self.keys = [value for name, value in variables.items() if name.endswith("_KEY")]
        self.meshy = MeshyProvider(
            variables["MESHY_API_KEY"],
            base_url=variables["MESHY_BASE_URL"],
            model="meshy-6",
            poll_seconds=0.02,
            request_seconds=self.limits.request_seconds,
        )
        self.door = ProviderDoor(
            DoorParts(
                metrics=GenerationMetrics.of(self.registry),
                clock=utc_now,
                claims=self.claims,
                spending=self.spending,
                prices=load_prices(None),
                assets=self.assets,
                downloads=Downloads(self.assets),
                redact=Redactor(known_secrets=self.keys).text,
                is_cancelled=self.records.is_cancelled,
                add_breadcrumb=lambda text, data: self.breadcrumbs.append((text, data)),
            ),
            ("meshy", "openai", "anthropic", "elevenlabs", "procedural"),
            self.limits,
            random=lambda: 0.5,
        )

    async def job(self, type_: AssetType = AssetType.WEAPON, prompt: str = "an iron axe") -> str:
        """Insert the row of a job that is running, and return its id."""
        now, row_id = utc_now(), new_id()
        async with self.database.transaction() as session:
            if await session.get(User, OWNER) is None:
                session.add(
                    User(
                        id=OWNER,
                        provider="local",
                        subject="local",
                        display_name="Local",
                        role="operator",
                        created_at=now,
                        updated_at=now,
                    )
                )
                await session.flush()
            session.add(
                Generation(
                    id=row_id,
                    owner_id=OWNER,
                    request_hash="0" * 64,
                    revision="generation.v2",
                    name=prompt,
                    type=type_.value,
                    prompt=prompt,
                    requested_provider="auto",
                    seed=7,
                    options={},
                    status="running",
                    stages={},
                    runs=1,
                    created_at=now,
                    started_at=now,
                )
            )
        return row_id

    async def generate(
        self,
        job_id: str,
        provider: Provider | None = None,
        *,
        type_: AssetType = AssetType.WEAPON,
        prompt: str = "an iron axe",
        run: int = 1,
        **options: object,
    ) -> ProviderResult:
        """Ask a provider, Meshy unless another is given, through the door."""
        request = ProviderRequest(job_id, type_, prompt, 7, options)
        return await self.door.generate(provider or self.meshy, request, run=run)

    async def claims_of(self, job_id: str) -> dict[str, ProviderClaim]:
        """Return a job's claims by their purpose."""
        query = sa.select(ProviderClaim).where(ProviderClaim.generation_id == job_id)
        async with self.database.reading() as session:
            return {claim.purpose: claim for claim in await session.scalars(query)}

    def metrics(self) -> Scrape:
        """Return what a scrape of the business metrics would show."""
        return Scrape(self.registry.render(endpoint="business").decode())

    def errors(self) -> dict[str, float]:
        """Return the failed requests to Meshy by their error type."""
        return {
            dict(labels)["error_type"]: value
            for (name, labels), value in self.metrics().samples.items()
            if name == "ai_api_errors_total" and value and dict(labels)["provider"] == "meshy"
        }

    async def close(self) -> None:
        """Close the connections."""
        await self.door.close()
        await self.meshy.close()


@asynccontextmanager
async def workbench(
    folder: Path,
    database_file: Path,
    simulated: SimulatedProviders,
    url: str,
    limits: Limits = QUICK,
    spend_limit: float | None = None,
) -> AsyncGenerator[Workbench]:
    """Set up a door on an SQLite file and a directory of its own."""
    path = folder / "asset-forge.db"
    if not path.exists():
        shutil.copyfile(database_file, path)
    database = Database(f"sqlite:///{path}")
    storage = open_store((folder / "objects").as_uri(), reserve_bytes=0)
    bench = Workbench(database, storage, simulated, url, limits, spend_limit)
    try:
        yield bench
    finally:
        await bench.close()
        await database.dispose()
