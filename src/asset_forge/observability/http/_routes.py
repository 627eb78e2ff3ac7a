"""The route template of a request, as the frameworks leave it in the scope."""

from __future__ import annotations

from asset_forge.observability.http._declarations import UNMATCHED
from asset_forge.observability.http._record import RequestRecord


class RouteTemplates:
    """Finds the template of a finished request, or `unmatched`."""

    def __call__(self, record: RequestRecord) -> str:
        """Return the value of the `path` label."""
        template = record.scope.get("path_template")
        return template or UNMATCHED
