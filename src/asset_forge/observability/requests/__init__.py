"""Who a request is and what became of it: ids, timing headers, its trace, one closing log line.

observers = [RequestIdentity(Tracer(store)), AccessLog(logs, redactor)]
app = ObservedApplication(app, registry, observers=observers)
"""

from __future__ import annotations

from ._access_log import AccessLog, LateLines
from ._identity import RequestIdentity
from ._judgment import answer_seconds, is_failure
from ._unhandled import UnhandledErrors

__all__ = [
    "AccessLog",
    "LateLines",
    "RequestIdentity",
    "UnhandledErrors",
    "answer_seconds",
    "is_failure",
]
