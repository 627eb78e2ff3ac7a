"""OpenAI: images, from which texture sets are made, dialogues, and the expansion of prompts.

Written from https://platform.openai.com/docs/api-reference/images/create and
https://platform.openai.com/docs/api-reference/responses/create. What is asked twice is charged
twice: there are no idempotency keys.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from asset_forge.asset_types import AssetType
from asset_forge.generation.children import ChildDied, ChildProcesses, ChildTimedOut
from asset_forge.generation.failures import ErrorType, GenerationFailed
from asset_forge.generation.providers.base import (
    Calls,
    Charged,
    Content,
    ProviderRequest,
    ProviderResult,
    Usage,
)
from asset_forge.generation.providers.dialogues import make_dialogue
from asset_forge.generation.providers.expansion import Text
from asset_forge.generation.providers.sdk import open_client, token_usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import ImagesResponse
    from openai.types.responses import Response, ResponseTextConfigParam

_QUALITIES: Final = ("low", "medium", "high")
_IMAGE_PROMPT: Final = (
    "{prompt}\n\nA seamless, tileable texture of this surface that fills the whole square, seen "
    "straight from the front, in flat and even light: base color only, without shadows, "
    "highlights, borders, objects or writing."
)


class OpenAIProvider:
    """Makes texture sets and dialogues with one OpenAI account; also a `LanguageModel`."""

    name = "openai"

    def __init__(
        self,
        key: str,
        *,
        base_url: str,
        image_model: str,
        text_model: str,
        request_seconds: float,
        children: ChildProcesses,
    ) -> None:
        self._key = key
        self._base_url = base_url
        self._image_model = image_model
        self._request_seconds = request_seconds
        self._children = children
        self._client: AsyncOpenAI | None = None
        self.model = text_model

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the model that makes assets of this type."""
        return {AssetType.TEXTURE: self._image_model, AssetType.DIALOGUE: self.model}.get(type)

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse unknown options and values outside their ranges with a ValueError."""
        known = ("quality",) if type is AssetType.TEXTURE else ()
        for name, value in options.items():
            if name not in known:
                choices = f"; choose from {', '.join(known)}" if known else ""
                raise ValueError(f"openai has no option {name!r} for a {type.value}{choices}")
            if value not in _QUALITIES:
                raise ValueError(f"{name} must be one of {', '.join(_QUALITIES)}")

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        """Make a texture set from one image, or a dialogue."""
        if request.type is AssetType.DIALOGUE:
            return await make_dialogue(self, request, calls)

        async def send() -> Content:
            return await self._image(request)

        await self.open()
        image = await calls.content("image", send)
        maps = await self._maps(image.data, request.prompt)
        return ProviderResult(maps, "zip", "application/zip")

    async def open(self) -> None:
        """Load the SDK, which takes a while."""
        await self._opened()

    async def ask(
        self,
        instructions: str,
        prompt: str,
        *,
        most_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Text:
        """Ask the text model, without keeping the conversation at OpenAI."""
        client = await self._opened()
        form: ResponseTextConfigParam = {"format": {"type": "text"}}
        if schema is not None:
            form = {
                "format": {
                    "type": "json_schema",
                    "name": "answer",
                    "schema": dict(schema),
                    "strict": True,
                }
            }
        answer = await client.responses.create(
            model=self.model,
            instructions=instructions,
            input=prompt,
            max_output_tokens=most_tokens,
            text=form,
            store=False,
        )
        usage = token_usage(self.name, getattr(answer, "usage", None))
        try:
            return Text(_text_of(answer), usage)
        except (GenerationFailed, ValueError) as error:
            raise Charged(error, usage) from error
        except (AttributeError, TypeError) as error:  # the SDK does not check what it was answered
            lacking = ValueError(f"the answer lacks what it must have ({error})")
            raise Charged(lacking, usage) from error

    async def close(self) -> None:
        """Close the connections to OpenAI."""
        if self._client is not None:
            await self._client.close()

    async def _image(self, request: ProviderRequest) -> Content:
        client = await self._opened()
        quality: Any = request.options.get("quality", "medium")
        answer = await client.images.generate(
            model=self._image_model,
            prompt=_IMAGE_PROMPT.format(prompt=request.prompt),
            n=1,
            size="1024x1024",
            quality=quality,
            output_format="png",
        )
        usage = token_usage(self.name, getattr(answer, "usage", None))
        try:
            data = _png_of(answer)
        except ValueError as error:
            raise Charged(error, usage) from error
        told = usage if usage.completion_tokens else Usage(images=1)
        return Content(data, "png", "image/png", told)

    async def _maps(self, png: bytes, prompt: str) -> bytes:
        """Derive the other maps in a child process; they cost nothing and can be made again."""
        try:
            return await self._children.run(_make_maps, png, prompt, self._image_model)
        except ChildTimedOut as error:
            raise GenerationFailed(ErrorType.TIMEOUT, str(error)) from error
        except ChildDied as error:
            raise GenerationFailed(
                ErrorType.INTERNAL,
                "The process that makes the texture's maps died; its operators have been told",
                unexpected=True,
            ) from error
        except ValueError as error:
            raise GenerationFailed(ErrorType.MALFORMED_RESPONSE, f"openai: {error}") from error

    async def _opened(self) -> AsyncOpenAI:
        if self._client is None:
            client: AsyncOpenAI = await open_client(
                "openai",
                "AsyncOpenAI",
                key=self._key,
                base_url=self._base_url,
                request_seconds=self._request_seconds,
            )
            if self._client is None:
                self._client = client
        return self._client


def _make_maps(png: bytes, prompt: str, model: str) -> bytes:
    """Derive a texture's maps; runs in a child process, and only there loads what it needs."""
    from asset_forge.generation.providers.texture_maps import make_maps

    return make_maps(png, prompt, model)


def _png_of(answer: ImagesResponse) -> bytes:
    """Return the image that was made.

    Raises:
        ValueError: There is none, or it is no whole PNG file.
    """
    try:
        encoded = answer.data[0].b64_json if answer.data else None
        data = base64.b64decode(encoded or "", validate=True)
    except (AttributeError, TypeError, LookupError) as error:  # the SDK does not check it
        raise ValueError(f"the answer lacks what it must have ({error})") from error
    if not data:
        raise ValueError("the answer has no image")
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or b"IEND" not in data[-16:]:
        raise ValueError("the image is no whole PNG file")
    return data


def _text_of(answer: Response) -> str:
    """Return what was written; raises where the model refused, or was cut off."""
    reason = answer.incomplete_details.reason if answer.incomplete_details else None
    parts = [part for item in answer.output if item.type == "message" for part in item.content]
    refusals = [part.refusal for part in parts if part.type == "refusal"]
    if refusals or reason == "content_filter":
        said = f": {refusals[0][:200]}" if refusals else ""
        raise GenerationFailed(ErrorType.CONTENT_REJECTED, f"openai rejects the prompt{said}")
    if answer.status != "completed":
        raise ValueError(f"the answer ended as {answer.status!r} ({reason or 'no reason given'})")
    return "".join(part.text for part in parts if part.type == "output_text")
