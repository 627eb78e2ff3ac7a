"""What a provider is: something that turns a request for one asset into a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from asset_forge.asset_types import AssetType


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """What is to be made. `seed` and `prompt` together decide the result where the provider can."""

    generation_id: str
    type: AssetType
    prompt: str
    seed: int
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call consumed, in the provider's own count; zero where it counts nothing."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ProviderResult:
    """The finished file. `file_type` is one of the catalog's (glb, png, wav, json, zip)."""

    content: bytes
    file_type: str
    media_type: str
    usage: Usage = field(default_factory=Usage)


class Provider(Protocol):
    """One way of making assets. Faults are raised as `GenerationFailed`."""

    @property
    def name(self) -> str:
        """The provider's name, as in the `provider` label."""
        ...

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the model that makes assets of this type; None where the provider makes none."""
        ...

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse options that this provider cannot honor.

        Raises:
            ValueError: An option is unknown or outside its range; the message says what is allowed.
        """
        ...

    async def generate(self, request: ProviderRequest) -> ProviderResult:
        """Make the asset.

        Raises:
            GenerationFailed: With the error type that the fault is counted under.
        """
        ...
