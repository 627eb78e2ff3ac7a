"""Which provider serves a job, and who is next."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from asset_forge.asset_types import AssetType
from asset_forge.error_types import ErrorType
from asset_forge.generation.assembly import provider_orders
from asset_forge.generation.breaker import CircuitBreaker
from asset_forge.generation.choice import Choice
from asset_forge.generation.failures import GenerationFailed, ProviderFailed
from asset_forge.generation.providers.base import Calls, ProviderRequest, ProviderResult
from asset_forge.generation.spending import SpendLimitReached
from asset_forge.settings import load_settings

TYPE = AssetType.DIALOGUE


class Maker:
    """Makes dialogue, and takes the options that it is given."""

    def __init__(self, name: str, *options: str) -> None:
        self.name = name
        self._options = options

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        return "model" if type is TYPE else None

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        for option in options:
            if option not in self._options:
                raise ValueError(f"{self.name} has no option {option!r}")

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


MAKERS = {
    "anthropic": Maker("anthropic"),
    "openai": Maker("openai", "tone"),
    "procedural": Maker("procedural", "tone", "lines"),
}


def breakers() -> dict[str, CircuitBreaker]:
    return {
        name: CircuitBreaker(name, open_seconds=30.0, on_change=lambda _state, _reason: None)
        for name in MAKERS
        if name != "procedural"
    }


def choice(guards: Mapping[str, CircuitBreaker] | None = None, *, fallback: bool = True) -> Choice:
    order = ("anthropic", "openai", "elevenlabs", *(["procedural"] if fallback else []))
    return Choice(MAKERS, {TYPE: order}, guards if guards is not None else breakers())


def refusal(type_: ErrorType, *, definite: bool = True) -> ProviderFailed:
    return ProviderFailed(type_, "no", definite=definite)


def test_auto_takes_the_first_that_is_configured() -> None:
    assert choice().first("auto", TYPE, {}).name == "anthropic"


def test_auto_passes_over_one_that_is_left_alone() -> None:
    guards = breakers()
    guards["anthropic"].failed(refusal(ErrorType.AUTHENTICATION))
    assert choice(guards).first("auto", TYPE, {}).name == "openai"


def test_auto_waits_for_one_that_throttles() -> None:
    guards = breakers()
    guards["anthropic"].failed(
        ProviderFailed(ErrorType.RATE_LIMITED, "no", definite=True, retry_after=60.0)
    )
    assert choice(guards).first("auto", TYPE, {}).name == "anthropic"


def test_auto_begins_with_the_first_where_all_are_left_alone() -> None:
    guards = breakers()
    for guard in guards.values():
        guard.failed(refusal(ErrorType.AUTHENTICATION))
    assert choice(guards, fallback=False).first("auto", TYPE, {}).name == "anthropic"


def test_auto_passes_over_one_that_does_not_take_the_options() -> None:
    assert choice().first("auto", TYPE, {"tone": "grim"}).name == "openai"
    assert choice().first("auto", TYPE, {"lines": 3}).name == "procedural"


def test_a_provider_that_was_asked_for_is_never_replaced() -> None:
    guards = breakers()
    guards["anthropic"].failed(refusal(ErrorType.AUTHENTICATION))
    assert choice(guards).first("anthropic", TYPE, {}).name == "anthropic"
    dead = refusal(ErrorType.UNAVAILABLE)
    assert choice().after("anthropic", "anthropic", TYPE, {}, dead) is None


@pytest.mark.parametrize(
    "type_",
    [
        ErrorType.AUTHENTICATION,
        ErrorType.QUOTA_EXHAUSTED,
        ErrorType.OVERLOADED,
        ErrorType.UNAVAILABLE,
        ErrorType.DNS,
        ErrorType.TLS,
    ],
)
def test_auto_goes_on_in_order_after_what_another_may_do(type_: ErrorType) -> None:
    following = choice().after("anthropic", "auto", TYPE, {}, refusal(type_))
    assert following is not None
    assert following.name == "openai"
    last = choice().after("openai", "auto", TYPE, {}, refusal(type_))
    assert last is not None
    assert last.name == "procedural"
    assert choice(fallback=False).after("openai", "auto", TYPE, {}, refusal(type_)) is None


@pytest.mark.parametrize(
    "failure",
    [
        refusal(ErrorType.RATE_LIMITED),
        refusal(ErrorType.CONCURRENCY_LIMITED),
        refusal(ErrorType.CONTENT_REJECTED),
        refusal(ErrorType.INVALID_REQUEST),
        refusal(ErrorType.OUTCOME_UNKNOWN, definite=False),
        refusal(ErrorType.TIMEOUT, definite=False),
        GenerationFailed(ErrorType.INTERNAL, "ours"),
    ],
    ids=lambda failure: failure.type.value,
)
def test_auto_does_not_go_on_after_what_may_be_paid_for_or_passes_or_is_the_prompts(
    failure: GenerationFailed,
) -> None:
    assert choice().after("anthropic", "auto", TYPE, {}, failure) is None


def test_a_used_up_budget_leaves_what_costs_nothing() -> None:
    following = choice().after("openai", "auto", TYPE, {}, SpendLimitReached(5.0, 5.1))
    assert following is not None
    assert following.name == "procedural"


def test_a_provider_that_is_not_configured_is_refused_with_the_choices() -> None:
    with pytest.raises(GenerationFailed, match="choose one of: auto, anthropic, openai"):
        choice().check("meshy", TYPE, {})
    with pytest.raises(GenerationFailed, match="PROCEDURAL_FALLBACK"):
        choice().check("auto", AssetType.WEAPON, {})
    with pytest.raises(ValueError, match="anthropic has no option 'wishes'"):
        choice().check("auto", TYPE, {"wishes": 3})


def order_of(variables: dict[str, str], type_: AssetType = AssetType.WEAPON) -> tuple[str, ...]:
    settings = load_settings(variables)
    remote = settings.meshy_api_key is not None
    return provider_orders(settings, remote=remote)[type_]


KEY = {"MESHY_API_KEY": "k"}


def test_auto_ends_at_the_offline_provider_in_development() -> None:
    assert order_of(KEY) == ("meshy", "procedural")
    assert order_of({}, AssetType.DIALOGUE) == ("anthropic", "openai", "procedural")


def test_in_production_auto_does_not_pass_off_an_offline_asset_as_another() -> None:
    production = {"ENVIRONMENT": "production"}
    assert order_of(production | KEY) == ("meshy",)
    assert order_of(production | KEY | {"PROCEDURAL_FALLBACK": "true"}) == ("meshy", "procedural")
    assert order_of(production) == ("meshy", "procedural"), "without keys there is nothing else"


def test_the_order_is_a_setting() -> None:
    own = {"PROVIDERS_MODELS": "procedural, meshy"}
    assert order_of(KEY | own) == ("procedural", "meshy")
    assert order_of(KEY | own | {"PROCEDURAL_FALLBACK": "false"}) == ("procedural", "meshy")
