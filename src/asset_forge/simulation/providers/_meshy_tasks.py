"""The tasks of the simulated Meshy: what they cost, how long they take, and what they show."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from asset_forge.simulation.providers._faults import Fault

TASKS = 5000
"""How many tasks are remembered; the oldest are forgotten first."""
KEPT_SECONDS = 3 * 24 * 3600
"""How long a result can be fetched; never shortened by the speed of the simulation."""
_QUEUED_SECONDS = (0.2, 0.8)
_WORKED_SECONDS = (3.0, 8.0)
_PREVIEW_PRICES = {"meshy-4": 5, "meshy-5": 5}
_NEWEST_PREVIEW_PRICE = 20
_REFINE_PRICE = 10


@dataclass(slots=True)
class Task:
    """One task as submitted, and the times that its course was given then (Unix seconds)."""

    id: str
    mode: str
    prompt: str
    seed: int
    triangles: int
    art_style: str
    texture_prompt: str
    credits: int
    base_url: str
    fate: Fault | None = None
    created: float = 0.0
    started: float = 0.0
    finished: float = 0.0
    signature: str = field(init=False)

    def __post_init__(self) -> None:
        self.signature = hashlib.sha256(f"signed {self.id}".encode()).hexdigest()[:32]

    def url(self, name: str) -> str:
        """Return the signed address of one of the task's files."""
        expires = int(self.finished + KEPT_SECONDS)
        return (
            f"{self.base_url}/files/{self.id}/{name}?Expires={expires}&Signature={self.signature}"
        )


class Account:
    """The credits and tasks of one customer.

    `speed` returns what latencies are divided by at the moment, `clock` the time as Unix seconds.
    """

    def __init__(
        self,
        *,
        speed: Callable[[], float],
        rng: random.Random,
        credits: int,  # noqa: A002
        concurrent_tasks: int | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.credits = credits
        self.concurrent_tasks = concurrent_tasks
        """How many tasks may be unfinished at once; None for any number."""
        self.most_at_once = 0
        """The largest number of tasks that were unfinished at once."""
        self.tasks: dict[str, Task] = {}
        self.started: Callable[[Task], None] | None = None
        """Told of each new task."""
        self._speed = speed
        self._rng = rng
        self._clock = clock

    def price(self, mode: str, model: str) -> int:
        """Return what a task costs, in credits."""
        if mode == "refine":
            return _REFINE_PRICE
        return _PREVIEW_PRICES.get(model, _NEWEST_PREVIEW_PRICE)

    def is_full(self) -> bool:
        """Say whether as many tasks are unfinished as may be."""
        return self.concurrent_tasks is not None and self._unfinished() >= self.concurrent_tasks

    def pay(self, price: int) -> bool:
        """Take the price from the credits, if there are enough."""
        if price > self.credits:
            return False
        self.credits -= price
        return True

    def start(self, task: Task) -> None:
        """Begin a task: decide how long it will take."""
        task.created = self._clock()
        task.started = task.created + self._rng.uniform(*_QUEUED_SECONDS) / self._speed()
        task.finished = task.started + self._rng.uniform(*_WORKED_SECONDS) / self._speed()
        if len(self.tasks) >= TASKS:
            self.tasks.pop(next(iter(self.tasks)))
        self.tasks[task.id] = task
        self.most_at_once = max(self.most_at_once, self._unfinished())
        if self.started:
            self.started(task)

    def status(self, task: Task, now: float | None = None) -> str:
        """Return where a task is in its course, now or at another time."""
        now = self._clock() if now is None else now
        if now < task.started:
            return "PENDING"
        if task.fate is Fault.ENDLESS_TASK or now < task.finished:
            return "IN_PROGRESS"
        if task.fate is not Fault.FAILED_TASK:
            return "SUCCEEDED"
        self.credits, task.credits = self.credits + task.credits, 0  # failures cost nothing
        return "FAILED"

    def expired(self, task: Task) -> bool:
        """Say whether a task's files are gone."""
        return self._clock() > task.finished + KEPT_SECONDS

    def shown(self, task: Task, now: float | None = None) -> dict[str, object]:
        """Return a task as the API shows it; times are in milliseconds, 0 where not yet known."""
        now = self._clock() if now is None else now
        status = self.status(task, now)
        begun, ended = status != "PENDING", status in ("SUCCEEDED", "FAILED")
        failed = status == "FAILED"
        shown: dict[str, object] = {
            "id": task.id,
            "type": f"text-to-3d-{task.mode}",
            "mode": task.mode,
            "model_urls": {},
            "thumbnail_url": "",
            "prompt": task.prompt,
            "art_style": task.art_style,
            "texture_prompt": task.texture_prompt,
            "seed": task.seed,
            "progress": _progress(task, status, now),
            "status": status,
            "created_at": round(task.created * 1000),
            "started_at": round(task.started * 1000) if begun else 0,
            "finished_at": round(task.finished * 1000) if ended else 0,
            "expires_at": round((task.finished + KEPT_SECONDS) * 1000) if ended else 0,
            "preceding_tasks": 0 if begun else 1,
            "texture_urls": [],
            "task_error": {"message": "The server is busy. Please try again." if failed else ""},
            "consumed_credits": task.credits,
        }
        if status == "SUCCEEDED":
            shown["model_urls"] = {"glb": task.url("model.glb")}
            shown["thumbnail_url"] = task.url("preview.png")
            if task.mode == "refine":
                shown["texture_urls"] = [{"base_color": task.url("texture_0.png")}]
        return shown

    def _unfinished(self) -> int:
        now = self._clock()
        return sum(self.status(t, now) in ("PENDING", "IN_PROGRESS") for t in self.tasks.values())


def _progress(task: Task, status: str, now: float) -> int:
    if status == "SUCCEEDED":
        return 100
    if status == "PENDING":
        return 0
    share = (now - task.started) / (task.finished - task.started)
    return min(99, int(100 * share)) if status == "IN_PROGRESS" else 50
