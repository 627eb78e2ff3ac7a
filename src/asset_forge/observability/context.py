"""Which request, trace, user and job the running code belongs to.
 One :class:`Scope` is open at a time in each context; logs, errors and traces read it. It lives in
a context variable, so it follows into tasks, task groups and `asyncio.to_thread`, and one request
never sees another's. The layer that receives a request or starts a job opens a scope with
:func:`scope`; a deeper layer that learns more, for instance who the user is, fills it in with
:func:`assign`, and the outer layer sees that even when the deeper one ran in a task of its own.

    with scope(request_id="0198…", trace_id="4bf9…"):
        ...
        assign(user_id="42")
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

from asset_forge.observability.redaction import Json

__all__ = ["MAX_BREADCRUMBS", "Scope", "assign", "begin", "current", "scope"]

MAX_BREADCRUMBS = 50
"""How many breadcrumbs a scope keeps; older ones make room. An event of fifty stays readable and
far below 1 MB.
"""


class Scope:
    """The identities and the trail of one unit of work.

    Attributes are text or ``None``. ``made_here`` says that request and trace id are random and
    this process's own, so that there is no secret to look for in them. ``breadcrumbs`` is the ring
    that :class:`~asset_forge.observability.errors.ErrorTracker` fills; it is made with the first
    breadcrumb.
    """

    __slots__ = ("breadcrumbs", "job_id", "made_here", "request_id", "trace_id", "user_id")

    request_id: str | None
    trace_id: str | None
    user_id: str | None
    job_id: str | None
    breadcrumbs: deque[dict[str, Json]] | None
    made_here: bool

    def __init__(
        self,
        request_id: str | None = None,
        trace_id: str | None = None,
        user_id: str | None = None,
        job_id: str | None = None,
    ) -> None:
        self.request_id = request_id
        self.trace_id = trace_id
        self.user_id = user_id
        self.job_id = job_id
        self.breadcrumbs = None
        self.made_here = False

    def trail(self) -> deque[dict[str, Json]]:
        """The ring of breadcrumbs, made at first use."""
        if self.breadcrumbs is None:
            self.breadcrumbs = deque(maxlen=MAX_BREADCRUMBS)
        return self.breadcrumbs


_NOTHING = Scope()  # what is current outside any scope; never filled in
_current: ContextVar[Scope] = ContextVar("asset_forge_scope", default=_NOTHING)


def current() -> Scope:
    """The open scope, or an empty one that must not be changed; use :func:`assign` to change it."""
    return _current.get()


begin: Callable[[Scope], object] = _current.set
"""Opens a scope for the rest of this context, whatever is open there.

For the first layer that sees a request: a server may run it in the context of the one before, whose
user and ids are not this one's.
"""


@contextmanager
def scope(
    *,
    request_id: str | None = None,
    trace_id: str | None = None,
    user_id: str | None = None,
    job_id: str | None = None,
) -> Generator[Scope]:
    """Open a scope inside the current one: what is not given is inherited, and the trail so far is
    copied.
    """
    outer = _current.get()
    inner = Scope(
        outer.request_id if request_id is None else request_id,
        outer.trace_id if trace_id is None else trace_id,
        outer.user_id if user_id is None else user_id,
        outer.job_id if job_id is None else job_id,
    )
    if outer.breadcrumbs:
        inner.trail().extend(tuple(outer.breadcrumbs))
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)


def assign(
    *,
    request_id: str | None = None,
    trace_id: str | None = None,
    user_id: str | None = None,
    job_id: str | None = None,
) -> Scope:
    """Fill in what has become known of the open scope, in place; opens one for this context where
    none is.

    Returns the scope. ``None`` leaves a value as it is.
    """
    here = _current.get()
    if here is _NOTHING:
        here = Scope()
        _current.set(here)
    if request_id is not None:
        here.request_id, here.made_here = request_id, False
    if trace_id is not None:
        here.trace_id, here.made_here = trace_id, False
    if user_id is not None:
        here.user_id = user_id
    if job_id is not None:
        here.job_id = job_id
    return here
