"""Texts as vectors, made by OpenAI's embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Final, Protocol

import openai

from asset_forge.observability.tracing import generation_attributes, span

PROVIDER: Final = "openai"


class EmbeddingFailed(Exception):
    """The texts could not be turned into vectors; `refused` when these texts never will be."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class Embedder(Protocol):
    """Turns texts into vectors of one length, near each other where the texts mean the same."""

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text, in order.

        Raises:
            EmbeddingFailed: There are none now, or never for these texts.
        """
        ...


class EmbeddingAccount(Protocol):
    """Allows and counts requests for embeddings, as other requests to providers are."""

    async def refusal(self) -> str | None:
        """Say why nothing may be sent now; None where it may."""
        ...

    async def record(self, *, seconds: float, tokens: int, succeeded: bool) -> None:
        """Take a request's duration, the tokens that the provider counted, and how it ended."""
        ...


class OpenAIEmbedder:
    """Embeddings by one of OpenAI's models; one request a call, without repetitions."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str,
        model: str,
        account: EmbeddingAccount,
        timeout_seconds: float = 30.0,
    ) -> None:
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url, timeout=timeout_seconds, max_retries=0
        )
        self._model = model
        self._account = account

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text, in order.

        Raises:
            EmbeddingFailed: OpenAI did not give them, or may not be asked.
        """
        refusal = await self._account.refusal()
        if refusal is not None:
            raise EmbeddingFailed(refusal)
        started = perf_counter()
        tokens, succeeded = 0, False
        attributes = generation_attributes(PROVIDER, model=self._model)
        try:
            with span("embed texts", "client", attributes, phase="ai"):
                answer = await self._client.embeddings.create(
                    model=self._model, input=list(texts), encoding_format="float"
                )
            tokens = answer.usage.prompt_tokens  # charged, whatever else is wrong with it
            vectors = [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]
            if len(vectors) != len(texts) or not all(vectors):
                raise EmbeddingFailed(f"{len(vectors)} vectors came for {len(texts)} texts")
            succeeded = True
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            raise EmbeddingFailed(type(error).__name__, refused=True) from error
        except (openai.OpenAIError, AttributeError, TypeError, ValueError) as error:
            raise EmbeddingFailed(type(error).__name__) from error
        finally:
            elapsed = perf_counter() - started
            await self._account.record(seconds=elapsed, tokens=tokens, succeeded=succeeded)
        return vectors

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
