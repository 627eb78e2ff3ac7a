"""What a provider is: something that turns a request for one asset into a file.

How an adapter is written (`meshy_provider.py` is the model to follow):

- It is a class with the members of `Provider`. Its constructor takes the key, the base URL and what
  it needs of the outside; it imports its SDK in `generate`, ahead of its requests, since the
  service starts within two seconds and may never call it. The SDK's own retries are switched off.
- `generate` sends nothing by itself. Every request is a function without arguments that is handed
  to one of the methods of `Calls`, which decides whether it is sent, how often, and for how long:

      image = await calls.content("image", send)    # a paid request whose answer is a file
      text = await calls.once("text", send)         # a paid request whose answer is small
      task = await calls.task("preview", submit=…)  # a paid request whose work is polled for
      file = await calls.download(url, "glb")       # a free download, checked
      page = await calls.read("balance", send)      # any other free request

  The function sends exactly one HTTP request and lets the exceptions of httpx or of the SDK out:
  `classification.py` tells from them what happened. An answer that lacks what it must have is
  raised as a ValueError that says what is missing, in a `Charged` where it says what it cost.
- A purpose is a short name ([a-z-]) of the request, the same in each run of the job, and different
  for each paid request of a job.
- What an answer consumed is given with it, in `Usage`; it is counted and priced when it is saved,
  once. Nothing is counted by the adapter.
- A failure of its own is a `GenerationFailed`: invalid_request, content_rejected and the like.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from asset_forge.asset_types import AssetType
from asset_forge.assets import StagedFile

T = TypeVar("T")


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
    """What a request consumed, in the provider's own count; zero where it counts nothing.

    Tokens are priced by the public price list of the model, the others by the service's table.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    credits: float = 0.0
    images: int = 0
    characters: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be kept of a small answer, as JSON; `model` is the one that was charged for.

    None stands for the model that `model_for` names.
    """

    value: Mapping[str, Any]
    usage: Usage = field(default_factory=Usage)
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A file that a request answered with; `file_type` is one of the catalog's."""

    data: bytes
    file_type: str
    media_type: str
    usage: Usage = field(default_factory=Usage)
    model: str | None = None


class Charged(Exception):
    """An answer that cannot be used, as a refusal or half a text, and is charged for all the same.

    Attributes:
        reason: What is wrong with it: a `GenerationFailed`, or a ValueError.
        usage: What it consumed.
    """

    def __init__(self, reason: Exception, usage: Usage) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.usage = usage


@dataclass(frozen=True, slots=True)
class ProviderResult:
    """The finished file, as bytes or staged already.

    `file_type` is one of the catalog's (glb, png, wav, json, zip, other).
    """

    content: bytes | StagedFile
    file_type: str
    media_type: str


class Calls(Protocol):
    """The requests of one job to one provider: each paid one is sent once, however often it runs.

    A paid request is claimed in the database before it is sent, and what it answered is saved
    before anything else happens; a later run of the job gets the saved answer. A request that the
    provider has refused, or never got, is repeated where that helps, with growing waits or as its
    `Retry-After` says; one that it may have executed never is.

    All methods raise `GenerationFailed` with the error type that the fault is counted under, and
    `GenerationCancelled` where the job's owner asked for its end before a paid request.
    """

    async def once(self, purpose: str, send: Callable[[], Awaitable[Answer]]) -> Mapping[str, Any]:
        """Send a paid request whose answer is small, or return what it answered earlier."""
        ...

    async def content(self, purpose: str, send: Callable[[], Awaitable[Content]]) -> Content:
        """Send a paid request whose answer is a file, or return the file that it answered with.

        The file is kept in the storage; while that is away, it is offered for ten minutes.
        """
        ...

    async def task(
        self,
        purpose: str,
        *,
        submit: Callable[[], Awaitable[str]],
        look: Callable[[str], Awaitable[Answer | None]],
        find: Callable[[datetime], Awaitable[list[str]]] | None = None,
        interval_seconds: float,
    ) -> Mapping[str, Any]:
        """Submit a paid task and poll for its end, or go on with the one submitted earlier.

        Args:
            purpose: The name of the task.
            submit: Sends the request and returns the task's id, which is saved at once.
            look: Asks for the task with this id; None while it is under way.
            find: Lists the ids of the account's tasks, submitted since a time, that this one may
                be, for a request of which it is not known whether it arrived. The one that no
                other job has is taken; None where the provider has no such list.
            interval_seconds: The time between two looks.
        """
        ...

    async def read(self, purpose: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send a free request that changes nothing; it is repeated also after it may have run."""
        ...

    async def download(self, url: str, file_type: str) -> StagedFile:
        """Download a file into the storage, checked: its length, its hash where the server names
        one, and its format. No key is sent along.
        """
        ...

    async def checkpoint(self) -> None:
        """End here if the job's owner asked for its end."""
        ...

    async def count(self, usage: Usage) -> None:
        """Count what was consumed by no request, as by a provider that is no remote one."""
        ...


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

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        """Make the asset.

        Raises:
            GenerationFailed: With the error type that the fault is counted under.
        """
        ...

    async def close(self) -> None:
        """Close the connections that it keeps."""
        ...


class Expander(Protocol):
    """A language model that turns a short prompt into one that says more."""

    @property
    def name(self) -> str:
        """The provider's name, as in the `provider` label."""
        ...

    @property
    def model(self) -> str:
        """The model that is asked."""
        ...

    async def expand(self, request: ProviderRequest, calls: Calls) -> str:
        """Return the prompt that the asset shall be made from, by one `calls.once`.

        Raises:
            GenerationFailed: With the error type that the fault is counted under.
        """
        ...
