"""Who a request is and what became of it: ids, timing headers, its trace, one closing log line.

identity = RequestIdentity(Tracer(store))
app = ObservedApplication(
    app,
    registry,
    observers=[identity, AccessLog(structlog.get_logger("access").bind())],
    resolver=identity.resolver(RouteTemplates()),
)
"""

from __future__ import annotations

from ._access_log import AccessLog, AccessLogger
from ._identity import RequestIdentity
from ._judgment import answer_seconds, is_failure

__all__ = ["AccessLog", "AccessLogger", "RequestIdentity", "answer_seconds", "is_failure"]
