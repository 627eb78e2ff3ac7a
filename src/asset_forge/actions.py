"""What people do with the service, counted once for each request that succeeded."""

from __future__ import annotations

from asset_forge.catalog import USER_ACTIONS, Action, ResourceType
from asset_forge.observability.metrics import Registry


class UserActions:
    """Counts actions; services call it after what was asked for is done and committed."""

    def __init__(self, registry: Registry) -> None:
        self._family = registry.counter(USER_ACTIONS)

    def count(self, action: Action, resource_type: ResourceType) -> None:
        """Count one completed action."""
        self._family.labels(action, resource_type).inc()
