"""Deployment: one version, and no more connections than the database server admits."""

from __future__ import annotations

from collections.abc import Iterator

from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._questions import FLEET_CONNECTIONS, FLEET_VERSIONS
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict


def versions(seen: Evidence) -> Iterator[Verdict]:
    """Whether one version runs."""
    found = _versions(seen)
    if not found:
        yield Unseen(seen.service.withheld.get("/metrics", "no version was seen"))
        return
    names = sorted(f"{version} {revision}".strip() for version, revision in found)
    if len(found) > 1:
        yield Found(f"{len(found)} versions run side by side", "VersionSkew", tuple(names))
        return
    own = f"; this program is {seen.version}" if {v for v, _ in found} != {seen.version} else ""
    yield Fine(f"version {names[0]} runs{own}")


def _versions(seen: Evidence) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    if seen.service.system is not None:
        samples = seen.service.system.of("asset_forge_build_info")
        found |= {
            (one.labels.get("version", ""), one.labels.get("revision", "")) for one in samples
        }
    if seen.monitoring is not None:
        points = seen.monitoring.fleet.get(FLEET_VERSIONS, [])
        found |= {(one.metric.get("version", ""), one.metric.get("revision", "")) for one in points}
    return found


def connections(seen: Evidence) -> Iterator[Verdict]:
    """Whether all pools together fit what the Postgres server admits."""
    server = seen.server
    if server is None:
        yield Unseen("no Postgres: set DATABASE_URL to compare the pools with its max_connections")
        return
    if server.fault:
        yield Unseen(f"DATABASE_URL: {server.fault}")
        return
    most = _pools(seen)
    if not most:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no pool metrics were seen"))
        return
    processes = max(1.0, round(most / seen.pool_size))
    wanted = most + processes * seen.jobs_pool_size
    admitted = server.max_connections - server.reserved
    shown = (
        f"{processes:,.0f} processes may open {wanted:,.0f} connections ({seen.pool_size} and "
        f"{seen.jobs_pool_size} for jobs each); the server admits {admitted} "
        f"(max_connections {server.max_connections}, {server.reserved} reserved), "
        f"{server.in_use} are in use"
    )
    if wanted > admitted:
        yield Found(
            "The pools may open more connections than the database server admits",
            "DatabasePoolNearExhaustion",
            (shown, "lower DATABASE_POOL_SIZE, or raise max_connections"),
        )
    else:
        yield Fine(shown)


def _pools(seen: Evidence) -> float:
    monitoring = seen.monitoring
    if monitoring is not None and monitoring.sees and monitoring.fleet.get(FLEET_CONNECTIONS):
        return monitoring.fleet[FLEET_CONNECTIONS][0].number
    return seen.service.business.total("db_connections_max") if seen.service.business else 0.0
