"""What people do with the service, counted once for each request that succeeded."""

from __future__ import annotations

from typing import Final, Literal

from asset_forge.observability.metrics import CounterDeclaration, Label, Registry

Action = Literal["create", "read", "update", "delete", "download"]
ResourceType = Literal["asset", "project", "generation"]

USER_ACTIONS: Final = CounterDeclaration(
    "user_actions_total",
    "Actions that requests completed; a list or a search is one read.",
    (
        Label("action", ("create", "read", "update", "delete", "download")),
        Label("resource_type", ("asset", "project", "generation")),
    ),
    endpoint="business",
)

DECLARATIONS: Final = (USER_ACTIONS,)


class UserActions:
    """Counts actions; services call it after what was asked for is done and committed."""

    def __init__(self, registry: Registry) -> None:
        self._family = registry.counter(USER_ACTIONS)

    def count(self, action: Action, resource_type: ResourceType) -> None:
        """Count one completed action."""
        self._family.labels(action, resource_type).inc()
