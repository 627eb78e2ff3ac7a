"""Meshy as its customers see it: text to 3D as tasks that are polled, and files to download.

Written from Meshy's public API reference:
- Text to 3D API: https://docs.meshy.ai/en/api/text-to-3d
- Errors: https://docs.meshy.ai/en/api/errors
- Rate limits: https://docs.meshy.ai/en/api/rate-limits
- Balance API: https://docs.meshy.ai/api/balance
- Webhooks: https://docs.meshy.ai/en/api/webhooks

A request over the rate is refused with `Retry-After`, one over the length of the queue
(`NoMoreConcurrentTasks`) without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import ClassVar

from asset_forge.ids import new_id
from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._meshy_tasks import Account, Task
from asset_forge.simulation.providers._vendor import Call, Kind, Route, Vendor, bearer
from asset_forge.simulation.providers.content.images import make_png
from asset_forge.simulation.providers.content.models import make_glb

_PROMPT_CHARACTERS = 600
_MODELS = ("latest", "meshy-4", "meshy-5", "meshy-6")
_TASK_FAULTS = frozenset({Fault.ENDLESS_TASK, Fault.FAILED_TASK})
_REFUSALS = {
    Fault.UNAUTHORIZED: (401, "Invalid API key"),
    Fault.OUT_OF_CREDIT: (402, "Insufficient funds"),
    Fault.FORBIDDEN: (403, "Access to the requested resource is forbidden"),
    Fault.NOT_FOUND: (404, "Task not found"),
    Fault.RATE_LIMITED: (429, "RateLimitExceeded"),
    Fault.CONCURRENCY_LIMITED: (429, "NoMoreConcurrentTasks"),
    Fault.SERVER_ERROR: (500, "Internal server error"),
    Fault.OVERLOADED: (503, "The service is temporarily overloaded, please try again later"),
}


class Meshy(Vendor):
    """Text to 3D, with credits."""

    provider: ClassVar = Provider.MESHY

    def __init__(self, account: Account) -> None:
        self.account = account

    def _routes(self) -> tuple[Route, ...]:
        """Submit, poll, list, delete; the balance; the files."""
        tasks, task = "/openapi/v2/text-to-3d", "/openapi/v2/text-to-3d/{id}"
        submit = frozenset({*_TASK_FAULTS, Fault.REJECTED_PROMPT})
        shown = ("status", "model_urls")
        return (
            Route("text-to-3d", "POST", tasks, self._submit, Kind.JSON, True, ("result",), submit),
            Route("text-to-3d", "GET", tasks, self._list),
            Route("text-to-3d", "GET", task, self._poll, essential=shown),
            Route("text-to-3d", "DELETE", task, self._delete),
            Route("balance", "GET", "/openapi/v1/balance", self._balance),
            Route("files", "GET", "/files/{id}/{name}", self._file, Kind.DOWNLOAD),
            Route("files", "HEAD", "/files/{id}/{name}", self._file, Kind.DOWNLOAD),
        )

    def key_of(self, request: Request) -> str:
        """Return the bearer token."""
        return bearer(request)

    def prompt_of(self, request: Request) -> str:
        """Return the prompt, or what says where a refined model's is."""
        return request.text("prompt") or request.text("texture_prompt")

    def refuse(self, fault: Fault, request: Request) -> Reply:
        """Return `{"message"}` under the status for the fault."""
        status, message = _REFUSALS[fault]
        return json_reply({"message": message}, status)

    def invalid(self, message: str, parameter: str | None = None) -> Reply:
        """Return 400 with the reason."""
        return json_reply({"message": message}, 400)

    async def _submit(self, call: Call) -> Reply:
        request = call.request
        mode = request.text("mode")
        problem = self._problem(request, mode)
        if problem:
            return self.invalid(problem)
        if call.fault is Fault.REJECTED_PROMPT:
            return self.invalid("The prompt was rejected by content moderation")
        prompt, seed = request.text("prompt"), request.number("seed", 0)
        triangles = request.number("target_polycount", 600)
        if mode == "refine":
            preview = self.account.tasks[request.text("preview_task_id")]
            prompt, seed, triangles = preview.prompt, preview.seed, preview.triangles
        if self.account.is_full():
            return self.refuse(Fault.CONCURRENCY_LIMITED, request)
        price = self.account.price(mode, request.text("ai_model", "latest"))
        if not self.account.pay(price):
            return self.refuse(Fault.OUT_OF_CREDIT, request)
        fate = call.fault if call.fault in _TASK_FAULTS else None
        task = Task(
            id=new_id(),
            mode=mode,
            prompt=prompt,
            seed=seed,
            triangles=triangles,
            art_style=request.text("art_style", "realistic"),
            texture_prompt=request.text("texture_prompt"),
            credits=price,
            base_url=request.base_url,
            fate=fate,
        )
        self.account.start(task)
        return json_reply({"result": task.id}, 202, seconds=0.3, charged=True)

    def _problem(self, request: Request, mode: str) -> str | None:
        if mode not in ("preview", "refine"):
            return "mode must be one of: preview, refine"
        model = request.text("ai_model", "latest")
        if model not in _MODELS:
            return f"ai_model must be one of: {', '.join(_MODELS)}"
        if mode == "refine":
            preview = self.account.tasks.get(request.text("preview_task_id"))
            done = preview is not None and self.account.status(preview) == "SUCCEEDED"
            return None if done else "preview_task_id must be of a preview task that has succeeded"
        length = len(request.text("prompt"))
        if not 1 <= length <= _PROMPT_CHARACTERS:
            return f"prompt is required and has at most {_PROMPT_CHARACTERS} characters"
        polygons = request.number("target_polycount", 30_000)
        if not 100 <= polygons <= 300_000:
            return "target_polycount must be between 100 and 300,000"
        return None

    async def _poll(self, call: Call) -> Reply:
        task = self.account.tasks.get(call.parts["id"])
        if task is None:
            return self.refuse(Fault.NOT_FOUND, call.request)
        return json_reply(self.account.shown(task), seconds=0.05)

    async def _list(self, call: Call) -> Reply:
        query = call.request.query
        try:
            size = min(50, max(1, int(query.get("page_size", "10"))))
            page = max(1, int(query.get("page_num", "1")))
        except ValueError:
            return self.invalid("page_num and page_size must be whole numbers")
        newest_first = query.get("sort_by", "-created_at") != "+created_at"
        tasks: Sequence[Task] = list(self.account.tasks.values())
        tasks = tasks[::-1] if newest_first else tasks
        shown = tasks[(page - 1) * size : page * size]
        return json_reply([self.account.shown(task) for task in shown], seconds=0.1)

    async def _delete(self, call: Call) -> Reply:
        if self.account.tasks.pop(call.parts["id"], None) is None:
            return self.refuse(Fault.NOT_FOUND, call.request)
        return Reply(200, b"", seconds=0.05)

    async def _balance(self, call: Call) -> Reply:
        return json_reply({"balance": self.account.credits}, seconds=0.05)

    async def _file(self, call: Call) -> Reply:
        task = self.account.tasks.get(call.parts["id"])
        signed = task is not None and call.request.query.get("Signature") == task.signature
        if task is None or not signed or call.fault is Fault.EXPIRED_URL:
            return _denied()
        if self.account.status(task) != "SUCCEEDED" or self.account.expired(task):
            return _denied()
        name = call.parts["name"]
        if name not in ("model.glb", "preview.png", "texture_0.png"):
            return _denied()
        if name == "model.glb":
            refined = task.mode == "refine"
            content = make_glb(task.prompt, task.seed, triangles=task.triangles, textured=refined)
            media_type = "model/gltf-binary"
        else:
            content, media_type = make_png(task.prompt, task.seed, 256, 256), "image/png"
        tag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return Reply(200, content, media_type, {"etag": f'"{tag}"', "accept-ranges": "none"}, 0.2)


def _denied() -> Reply:
    """Return what a signed URL answers when its signature does not hold, or no longer."""
    content = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'
    return Reply(403, content, "text/xml")
