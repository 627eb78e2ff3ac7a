"""The health payloads as the guide documents them, and what to compare of them."""

from __future__ import annotations

from typing import Any

LIVE: dict[str, Any] = {"status": "ok", "timestamp": "2025-11-12T10:30:00.000Z"}
READY: dict[str, Any] = {
    "status": "ready",
    "timestamp": "2025-11-12T10:30:00.000Z",
    "checks": {"database": True, "qdrant": True},
}
DEEP: dict[str, Any] = {
    "status": "healthy",
    "timestamp": "2025-11-12T10:30:00.000Z",
    "latency": 45,
    "checks": {
        "database": {"status": "healthy", "latency": 15, "details": {"connected": True}},
        "qdrant": {"status": "healthy", "latency": 10},
        "disk": {
            "status": "healthy",
            "details": {
                "freeGB": 50.5,
                "usedPercent": 45.2,
                "tmpDirExists": True,
                "assetsDirExists": True,
            },
        },
        "memory": {
            "status": "healthy",
            "details": {
                "system": {"freeMB": 2048, "totalMB": 8192, "usedPercent": 75},
                "process": {"heapUsedMB": 150, "heapTotalMB": 200, "rssMB": 250},
            },
        },
        "externalAPIs": {
            "status": "healthy",
            "details": {
                "configured": {
                    "meshy": True,
                    "openai": True,
                    "anthropic": True,
                    "elevenlabs": True,
                    "privy": True,
                },
                "count": 5,
            },
        },
    },
    "system": {
        "uptime": 3600,
        "pythonVersion": "3.11.7",
        "platform": "linux",
        "arch": "x64",
        "environment": "production",
    },
}


def shape(value: object) -> object:
    """Reduce a payload to its keys, in order, and the JSON types of its leaves."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def without(payload: dict[str, Any], *path: str) -> dict[str, Any]:
    """Copy a payload without the key that the path leads to."""
    first, *rest = path
    if not rest:
        return {key: inner for key, inner in payload.items() if key != first}
    return {**payload, first: without(payload[first], *rest)}
