"""OpenAI's images and embeddings.

Written from:
- https://platform.openai.com/docs/api-reference/images/create
- https://platform.openai.com/docs/api-reference/embeddings/create
- image tokens by size and quality: https://platform.openai.com/docs/guides/image-generation
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import random
import re
import time
from collections.abc import Mapping
from typing import Final, cast

import numpy as np

from asset_forge.simulation.providers._faults import Fault
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._vendor import Vendor
from asset_forge.simulation.providers.content.images import make_png
from asset_forge.simulation.providers.content.words import count_tokens

_IMAGE_TOKENS: Final[Mapping[str, Mapping[str, int]]] = {
    "low": {"1024x1024": 272, "1024x1536": 408, "1536x1024": 400},
    "medium": {"1024x1024": 1056, "1024x1536": 1584, "1536x1024": 1568},
    "high": {"1024x1024": 4160, "1024x1536": 6240, "1536x1024": 6208},
}
_SIZE: Final = re.compile(r"(\d{2,4})x(\d{2,4})")
_LARGEST: Final = 1792
_DIMENSIONS: Final = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
_EXPIRED: Final = (
    b'<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code>'
    b"<Message>Signature not valid in the specified time frame</Message></Error>"
)
_NAME: Final = re.compile(r"(\d+)-(\d+)-([0-9a-f]{32})\.png")


async def images(vendor: Vendor, request: Request) -> Reply:
    """Answer `POST /v1/images/generations`."""
    prompt, model = request.text("prompt"), request.text("model", "dall-e-2")
    if not prompt:
        return vendor.invalid("Missing required parameter: 'prompt'.", "prompt")
    size = request.text("size", "1024x1024").replace("auto", "1024x1024")
    found = _SIZE.fullmatch(size)
    if not found or max(int(found[1]), int(found[2])) > _LARGEST:
        return vendor.invalid(f"Invalid size: '{size}'.", "size")
    count = request.number("n", 1)
    if not 1 <= count <= 10:
        return vendor.invalid("'n' must be between 1 and 10.", "n")
    width, height = int(found[1]), int(found[2])
    as_url = not model.startswith("gpt-image") and request.text("response_format") != "b64_json"
    data: list[dict[str, str]] = []
    for number in range(count):
        if as_url:
            name = hashlib.sha256(f"{prompt}|{number}".encode()).hexdigest()[:32]
            data.append({"url": f"{request.base_url}/files/{width}-{height}-{name}.png?sig=1"})
        else:
            content = await asyncio.to_thread(make_png, prompt, number, width, height)
            data.append({"b64_json": base64.b64encode(content).decode()})
    answer: dict[str, object] = {"created": int(time.time()), "data": data}
    quality = request.text("quality", "auto").replace("auto", "high")
    if model.startswith("gpt-image"):
        answer |= {"background": "opaque", "output_format": "png", "quality": quality, "size": size}
        answer["usage"] = _usage(prompt, quality, size, count)
    seconds = {"low": 4.0, "medium": 8.0}.get(quality, 12.0)
    return json_reply(answer, seconds=seconds, charged=True)


def _usage(prompt: str, quality: str, size: str, count: int) -> dict[str, object]:
    of_quality = _IMAGE_TOKENS.get(quality, _IMAGE_TOKENS["high"])
    words, pixels = count_tokens(prompt), of_quality.get(size, of_quality["1024x1024"]) * count
    return {
        "input_tokens": words,
        "input_tokens_details": {"text_tokens": words, "image_tokens": 0},
        "output_tokens": pixels,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": pixels},
        "total_tokens": words + pixels,
    }


async def stored_image(name: str, *, expired: bool) -> Reply:
    """Answer the download of an image by the URL that was given out for it."""
    found = _NAME.fullmatch(name)
    if not found or expired:
        return Reply(403, _EXPIRED, "application/xml")
    width, height = min(int(found[1]), _LARGEST), min(int(found[2]), _LARGEST)
    content = await asyncio.to_thread(make_png, found[3], 0, width, height)
    return Reply(200, content, "image/png", {"etag": f'"{found[3]}"'}, 0.2)


def embeddings(vendor: Vendor, request: Request) -> Reply:
    """Answer `POST /v1/embeddings`: vectors of length 1, nearer the more words texts share."""
    given, model = request.body.get("input"), request.text("model")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        return vendor.invalid("'input' must be a text or a list of texts.", "input")
    texts = cast("list[object]", texts)
    if not all(isinstance(text, str) and text for text in texts):
        return vendor.invalid(
            "'input' cannot have empty texts, and tokens are not simulated.", "input"
        )
    if model not in _DIMENSIONS:
        return vendor.refuse(Fault.NOT_FOUND, request)
    dimensions = request.number("dimensions", _DIMENSIONS[model])
    if not 1 <= dimensions <= _DIMENSIONS[model]:
        return vendor.invalid(f"'dimensions' must be 1 to {_DIMENSIONS[model]}.", "dimensions")
    packed = request.text("encoding_format", "float") == "base64"
    data = [
        {
            "object": "embedding",
            "index": number,
            "embedding": _vector(str(text), dimensions, packed),
        }
        for number, text in enumerate(texts)
    ]
    tokens = sum(count_tokens(str(text)) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    answer = {"object": "list", "data": data, "model": model, "usage": usage}
    return json_reply(answer, seconds=0.2, charged=True)


def _vector(text: str, dimensions: int, packed: bool) -> list[float] | str:
    """Add up a fixed random direction for each word, so that shared words bring texts together."""
    total = np.zeros(dimensions, np.float64)
    for word in re.findall(r"\w+", text.lower()) or [""]:
        seed = random.Random(word).getrandbits(32)
        total += np.random.default_rng(seed).standard_normal(dimensions)
    unit = (total / np.linalg.norm(total)).astype("<f4")
    return base64.b64encode(unit.tobytes()).decode() if packed else unit.tolist()
