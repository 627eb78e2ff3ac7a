"""Meshy: text to 3D. A preview gives the shape, its refinement the texture, both as tasks.

Written from https://docs.meshy.ai/en/api/text-to-3d, /errors, /rate-limits and /balance. Meshy has
no idempotency keys; a task whose id was lost is found again in the list of the account's tasks. Its
absence there proves nothing: nothing is promised about when the list shows a new task. So a request
whose task is not found stays unknown, and is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from asset_forge.asset_types import MODEL_TYPES, AssetType
from asset_forge.generation.classification import Answered, AnswerRefused
from asset_forge.generation.failures import ErrorType, GenerationFailed
from asset_forge.generation.providers.base import (
    Answer,
    Calls,
    ProviderRequest,
    ProviderResult,
    Usage,
)
from asset_forge.generation.providers.connections import CONNECT_SECONDS, KEPT_CONNECTIONS
from asset_forge.generation.providers.marks import mark_request
from asset_forge.generation.providers.prompts import shortened

if TYPE_CHECKING:
    import httpx

PROMPT_CHARACTERS: Final = 600
"""The longest prompt that Meshy takes; a longer one is cut at a word."""

_TASKS: Final = "/openapi/v2/text-to-3d"
_ANSWER_BYTES: Final = 4 << 20
_CLOCK_SKEW: Final = timedelta(seconds=60)
_LISTED: Final = 50
_MAX_SEED: Final = 2**31 - 1
_REJECTIONS: Final = ("moderation", "policy", "nsfw", "prohibited", "inappropriate", "sensitive")

_OPTIONS: Final[Mapping[str, str]] = {
    "targetPolycount": "a whole number from 100 to 300000",
    "topology": "triangle or quad",
    "texture": "true or false",
    "pbr": "true or false",
    "texturePrompt": "a text of at most 600 characters",
}


class _Created(msgspec.Struct):
    result: str


class _TaskError(msgspec.Struct):
    message: str = ""


class _Task(msgspec.Struct):
    """The fields of a task that are read; the others are left alone."""

    id: str
    status: str
    model_urls: dict[str, str] | None = None
    prompt: str = ""
    mode: str = ""
    type: str = ""
    seed: int | None = None
    created_at: float = 0.0  # milliseconds since 1970
    consumed_credits: float | None = None
    task_error: _TaskError | None = None

    def is_of(self, mode: str) -> bool:
        return mode in (self.mode, self.type.rpartition("-")[2])


class MeshyProvider:
    """Makes 3D models (GLB) by the text-to-3D tasks of one Meshy account."""

    name = "meshy"

    def __init__(
        self,
        key: str,
        *,
        base_url: str,
        model: str,
        poll_seconds: float,
        request_seconds: float,
    ) -> None:
        self._key = key
        self._base_url = base_url
        self._model = model
        self._poll_seconds = poll_seconds
        self._request_seconds = request_seconds
        self._client: httpx.AsyncClient | None = None

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the model that the shapes are made with."""
        return self._model if type in MODEL_TYPES else None

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse unknown options and values outside their ranges with a ValueError."""
        for name, value in options.items():
            if name not in _OPTIONS:
                raise ValueError(
                    f"meshy has no option {name!r}; choose from " + ", ".join(sorted(_OPTIONS))
                )
            if not _is_allowed(name, value):
                raise ValueError(f"{name} must be {_OPTIONS[name]}")

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        """Make the shape, then its texture, and fetch the file."""
        prompt = shortened(request.prompt, PROMPT_CHARACTERS)
        seed = request.seed % (_MAX_SEED + 1)
        task = await self._task(calls, "preview", self._preview(request, prompt, seed), prompt)
        if request.options.get("texture", True):
            await calls.checkpoint()
            refinement = self._refinement(request, str(task["id"]))
            task = await self._task(calls, "refine", refinement, prompt)
        staged = await self._fetch(calls, task)
        return ProviderResult(staged, "glb", "model/gltf-binary")

    async def balance(self, calls: Calls) -> int:
        """Return the credits that the account has left."""

        async def send() -> int:
            return msgspec.convert(
                (await self._request("GET", "/openapi/v1/balance", dict[str, Any]))["balance"], int
            )

        return await calls.read("balance", send)

    async def close(self) -> None:
        """Close the connections to Meshy."""
        if self._client is not None:
            await self._client.aclose()

    def _preview(self, request: ProviderRequest, prompt: str, seed: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "mode": "preview",
            "prompt": prompt,
            "seed": seed,
            "ai_model": self._model,
            "topology": request.options.get("topology", "triangle"),
            "moderation": True,
            "target_formats": ["glb"],
        }
        if "targetPolycount" in request.options or "topology" in request.options:
            body["should_remesh"] = True
            body["target_polycount"] = request.options.get("targetPolycount", 30_000)
        return body

    def _refinement(self, request: ProviderRequest, preview_id: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "mode": "refine",
            "preview_task_id": preview_id,
            "ai_model": self._model,
            "enable_pbr": request.options.get("pbr", True),
            "target_formats": ["glb"],
        }
        if texture := request.options.get("texturePrompt"):
            body["texture_prompt"] = texture
        return body

    async def _task(
        self, calls: Calls, mode: str, body: dict[str, Any], prompt: str
    ) -> Mapping[str, Any]:
        async def submit() -> str:
            return (await self._request("POST", _TASKS, _Created, body)).result

        async def look(task_id: str) -> Answer | None:
            return _end_of(await self._request("GET", f"{_TASKS}/{task_id}", _Task))

        async def find(since: datetime) -> list[str]:
            path = f"{_TASKS}?page_num=1&page_size={_LISTED}&sort_by=-created_at"
            tasks = await self._request("GET", path, list[_Task])
            earliest = (since - _CLOCK_SKEW).timestamp() * 1000.0
            seed = body.get("seed")
            return [
                task.id
                for task in reversed(tasks)
                if task.is_of(mode)
                and task.prompt == prompt
                and task.created_at >= earliest
                and (seed is None or task.seed in (None, seed))
            ]

        return await calls.task(
            mode, submit=submit, look=look, find=find, interval_seconds=self._poll_seconds
        )

    async def _fetch(self, calls: Calls, task: Mapping[str, Any]) -> Any:
        """Download the file; an address that has run out is asked for anew, once."""
        try:
            return await calls.download(str(task["url"]), "glb")
        except GenerationFailed as failure:
            if failure.type is not ErrorType.DOWNLOAD_FAILED:
                raise

        async def again() -> str:
            shown = await self._request("GET", f"{_TASKS}/{task['id']}", _Task)
            return _address(shown)

        return await calls.download(await calls.read("address", again), "glb")

    async def _request(
        self,
        method: str,
        path: str,
        kind: Any,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send one request; raise what is no success as it was answered."""
        client = self._open()
        content = msgspec.json.encode(body) if body is not None else None
        async with client.stream(method, path, content=content) as response:
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > _ANSWER_BYTES:
                    raise ValueError(f"the answer is larger than {_ANSWER_BYTES} bytes")
        if not response.is_success:
            raise AnswerRefused(Answered(response.status_code, response.headers, bytes(data)))
        return msgspec.json.decode(bytes(data), type=kind)

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            self._client = httpx.AsyncClient(
                base_url=self._base_url,
                headers={
                    "Authorization": f"Bearer {self._key}",
                    "Content-Type": "application/json",
                },
                timeout=httpx.Timeout(self._request_seconds, connect=CONNECT_SECONDS),
                limits=httpx.Limits(max_keepalive_connections=KEPT_CONNECTIONS),
                event_hooks={"request": [mark_request]},
            )
        return self._client


def _end_of(task: _Task) -> Answer | None:
    """Return what a finished task left; None while it is under way."""
    if task.status in ("PENDING", "IN_PROGRESS"):
        return None
    if task.status == "SUCCEEDED":
        usage = Usage(credits=task.consumed_credits or 0.0)
        return Answer({"id": task.id, "url": _address(task)}, usage)
    message = (task.task_error.message if task.task_error else "")[:300]
    if task.status in ("CANCELED", "EXPIRED"):
        raise GenerationFailed(
            ErrorType.UNAVAILABLE, f"meshy ended the task as {task.status.lower()}"
        )
    if task.status != "FAILED":
        raise ValueError(f"the task has the status {task.status!r}, which is not known")
    rejected = any(word in message.lower() for word in _REJECTIONS)
    raise GenerationFailed(
        ErrorType.CONTENT_REJECTED if rejected else ErrorType.UNAVAILABLE,
        f"meshy could not make the model: {message or 'it gives no reason'}",
    )


def _address(task: _Task) -> str:
    url = (task.model_urls or {}).get("glb")
    if not url:
        raise ValueError("the finished task has no address of a GLB file")
    return url


def _is_allowed(name: str, value: object) -> bool:
    if name == "targetPolycount":
        return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 300_000
    if name == "topology":
        return value in ("triangle", "quad")
    if name == "texturePrompt":
        return isinstance(value, str) and 1 <= len(value) <= PROMPT_CHARACTERS
    return isinstance(value, bool)
