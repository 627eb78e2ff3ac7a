"""Sign-in with access tokens in Privy's format, signed with keys of the tests' own."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import select

from asset_forge import faults
from asset_forge.accounts import (
    AccountService,
    Credentials,
    FixedKey,
    LoginLimits,
    PrivySignIn,
    PublishedKeys,
    SigningKeys,
)
from asset_forge.catalog import DECLARATIONS
from asset_forge.database import Database
from asset_forge.database.models import User
from asset_forge.observability.metrics import Registry
from asset_forge.verification_key import parse_verification_key

APP = "cm-the-app"
DID = "did:privy:cm4x1a2b3c"
HERE = "192.0.2.1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def claims(**changes: object) -> dict[str, Any]:
    issued = int(NOW.timestamp())
    usual = {"sid": "s-1", "iss": "privy.io", "aud": APP, "sub": DID}
    return usual | {"iat": issued, "exp": issued + 3600} | changes


def token(key: Any = KEY, *, kid: str = "k-1", algorithm: str = "ES256", **changes: object) -> str:
    said = {name: value for name, value in claims(**changes).items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid})


def pem(key: ec.EllipticCurvePrivateKey = KEY) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


class World:
    """A service that signs Privy's users in, on a fresh database with a clock that tests move."""

    def __init__(self, database: Database, keys: SigningKeys, **options: Any) -> None:
        self.now = NOW
        self.database = database
        self.registry = Registry(DECLARATIONS, strict=True)
        self.accounts = AccountService(
            database,
            registry=self.registry,
            clock=lambda: self.now,
            providers=[PrivySignIn(APP, keys, clock=lambda: self.now)],
            **options,
        )

    async def login(self, given: str, *, client: str = HERE) -> str:
        signed_in = await self.accounts.login("privy", Credentials("", given), client=client)
        return signed_in.token

    async def refused(self, given: str) -> str:
        """Try to sign in, and return the reason that was counted and what was said."""
        reasons = ("expired_token", "invalid_token")
        before = [self.failures(reason) for reason in reasons]
        with pytest.raises(faults.NotSignedIn) as refused:
            await self.login(given)
        moved = [r for r, b in zip(reasons, before, strict=True) if self.failures(r) == b + 1]
        return f"{' '.join(moved)}: {refused.value.message}"

    def failures(self, reason: str) -> float:
        value = self.registry.value("login_failures_total", provider="privy", reason=reason)
        return value or 0.0


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FixedKey(KEY.public_key()), default_quota_bytes=5000)


async def test_the_first_login_creates_a_member_and_later_ones_find_it(world: World) -> None:
    first = await world.accounts.authenticate(await world.login(token()))
    again = await world.accounts.authenticate(await world.login(token(sid="s-2")))
    assert first is not None
    assert again is not None
    assert (first.subject, first.role, first.provider) == (DID, "member", "privy")
    assert again.user_id == first.user_id
    assert world.registry.value("user_logins_total", provider="privy") == 2
    async with world.database.reading() as session:
        (user,) = list(await session.scalars(select(User)))
    assert (user.quota_bytes, user.password_hash) == (5000, None)


async def test_first_logins_at_once_create_one_member(world: World) -> None:
    tokens = await asyncio.gather(*(world.login(token(sid=f"s-{n}")) for n in range(8)))
    found = [await world.accounts.authenticate(one) for one in tokens]
    assert len({one.user_id for one in found if one is not None}) == 1
    assert len(await world.accounts.list_users()) == 1


async def test_an_operator_may_be_created_before_the_first_login(world: World) -> None:
    await world.accounts.create_user(DID, None, provider="privy", role="operator")
    principal = await world.accounts.authenticate(await world.login(token()))
    assert principal is not None
    assert principal.role == "operator"


async def test_a_disabled_user_stays_out(world: World) -> None:
    session = await world.login(token())
    await world.accounts.disable_user(DID, provider="privy")
    assert await world.accounts.authenticate(session) is None
    with pytest.raises(faults.NotSignedIn, match="disabled"):
        await world.login(token())
    assert world.failures("disabled") == 1


async def test_a_local_user_of_the_same_name_is_somebody_else(world: World) -> None:
    local = await world.accounts.create_user(DID, "correct horse battery")
    principal = await world.accounts.authenticate(await world.login(token()))
    assert principal is not None
    assert principal.user_id != local.id


SKEW = 29
HOUR = 3600


@pytest.mark.parametrize("seconds", [-SKEW, 0, HOUR - 1, HOUR + SKEW])
async def test_clocks_may_be_apart_by_half_a_minute(world: World, seconds: int) -> None:
    world.now = NOW + timedelta(seconds=seconds)
    assert await world.login(token())


async def test_a_token_that_is_over_is_told_from_one_that_never_was(world: World) -> None:
    world.now = NOW + timedelta(seconds=HOUR + 31)
    assert (await world.refused(token())).startswith("expired_token: ")
    world.now = NOW - timedelta(seconds=31)
    assert (await world.refused(token())).startswith("invalid_token: ")
    assert (await world.refused(token(nbf=int(NOW.timestamp()) + HOUR))).startswith("invalid_token")


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WRONG: dict[str, Callable[[], str]] = {
    "another app": lambda: token(aud="another-app"),
    "several apps": lambda: token(aud=[APP, "another-app"]),
    "no audience": lambda: token(aud=None),
    "another issuer": lambda: token(iss="https://evil.example"),
    "no subject": lambda: token(sub=None),
    "an empty subject": lambda: token(sub=""),
    "a subject with a space": lambda: token(sub="did:privy:x y"),
    "a subject that is a number": lambda: token(sub=7),
    "no end": lambda: token(exp=None),
    "an end that is text": lambda: token(exp="tomorrow"),
    "an endless end": lambda: token(exp=float("inf")),
    "no beginning": lambda: token(iat=None),
    "another key": lambda: token(OTHER),
    "RS256": lambda: token(RSA_KEY, algorithm="RS256"),
    "ES384": lambda: token(ec.generate_private_key(ec.SECP384R1()), algorithm="ES384"),
    "HS256 with an invented secret": lambda: token("x" * 64, algorithm="HS256"),
    "no signature": lambda: token(None, algorithm="none"),
    "a changed claim": lambda: _with_payload(claims(sub="did:privy:victim")),
    "a cut signature": lambda: token()[:-4],
    "nothing": lambda: "",
    "no token": lambda: "a.b",
    "three words": lambda: "a.b.c",
    "a surrogate": lambda: "\ud800.\ud800.\ud800",
    "a long text": lambda: "x" * 9000,
    "a header that is no object": lambda: f"{encoded([1])}.{encoded(claims())}.AAAA",
    "a key id that is a list": lambda: f"{encoded({'alg': 'ES256', 'kid': [1]})}.{encoded({})}.AA",
}


def _with_payload(said: dict[str, Any]) -> str:
    head, _, signature = token().split(".")
    return f"{head}.{encoded(said)}.{signature}"


def _signed_with_the_public_key() -> str:
    """Make what a verifier takes that believes the header's algorithm: the key is the secret."""
    import hashlib
    import hmac

    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims())}"
    signature = hmac.new(pem().encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("wrong", [*WRONG, "HS256 with the public key as the secret"])
async def test_what_privy_did_not_sign_for_this_app_is_refused(world: World, wrong: str) -> None:
    given = WRONG[wrong]() if wrong in WRONG else _signed_with_the_public_key()
    assert (await world.refused(given)).startswith("invalid_token: ")
    assert await world.accounts.list_users() == []


async def test_failures_are_limited_by_client_and_lock_nobody_else_out(database: Database) -> None:
    world = World(database, FixedKey(KEY.public_key()), limits=LoginLimits(per_client=3))
    for _ in range(3):
        await world.refused(token(OTHER))
    with pytest.raises(faults.TooManyRequests):
        await world.login(token())
    assert world.failures("rate_limited") == 1
    assert await world.login(token(), client="192.0.2.2")


@dataclass
class Listing:
    """Privy's listing of keys, which tests change and break; `asked` counts requests for it."""

    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=lambda: {"k-1": KEY})
    fails: bool = False
    body: bytes | None = None
    hangs: bool = False
    asked: int = 0
    seconds: float = 0.0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        assert request.url.path == "/api/v1/apps/cm-the-app/jwks.json"
        if self.hangs:
            await asyncio.sleep(60)
        if self.fails:
            return httpx.Response(503)
        if self.body is not None:
            return httpx.Response(200, content=self.body)
        listed = [
            json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
            | {"kid": kid, "use": "sig", "alg": "ES256"}
            for kid, key in self.keys.items()
        ]
        return httpx.Response(200, json={"keys": [{"kty": "odd"}, *listed]})

    def published(self) -> PublishedKeys:
        return PublishedKeys(
            "https://auth.privy.io/api/v1/apps/cm-the-app/jwks.json",
            transport=httpx.MockTransport(self.answer),
            clock=lambda: self.seconds,
        )


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def listed(database: Database, listing: Listing) -> World:
    return World(database, listing.published())


async def test_listed_keys_are_fetched_once_for_many_logins(
    listed: World, listing: Listing
) -> None:
    await asyncio.gather(*(listed.login(token()) for _ in range(5)))
    assert listing.asked == 1
    listing.seconds = 601
    await listed.login(token())
    assert listing.asked == 2


async def test_a_new_key_is_found_when_a_token_names_it(listed: World, listing: Listing) -> None:
    await listed.login(token())
    listing.keys = {"k-2": OTHER}
    listing.seconds = 31
    assert await listed.login(token(OTHER, kid="k-2"))
    assert "does not list" in await listed.refused(token())


async def test_invented_key_ids_do_not_cause_a_fetch_each(listed: World, listing: Listing) -> None:
    await listed.login(token())
    for number in range(10):
        assert "does not list" in await listed.refused(token(kid=f"k-{number + 5}"))
    assert listing.asked == 1


async def test_a_listed_key_does_not_verify_what_another_signed(listed: World) -> None:
    assert (await listed.refused(token(OTHER))).startswith("invalid_token: ")


async def test_while_privy_is_away_nobody_new_is_believed_and_no_limit_is_spent(
    database: Database, listing: Listing
) -> None:
    listed = World(database, listing.published(), limits=LoginLimits(per_client=2))
    listing.fails = True
    for attempt in range(5):
        listing.seconds = 31.0 * attempt
        with pytest.raises(faults.Unavailable, match="does not answer"):
            await listed.login(token())
    assert listed.failures("other") == 5
    listing.fails = False
    listing.seconds += 31
    assert await listed.login(token())


async def test_known_keys_are_used_for_an_hour_while_privy_is_away(
    listed: World, listing: Listing
) -> None:
    await listed.login(token())
    listing.fails = True
    listing.seconds = 3500
    assert await listed.login(token())
    listing.seconds = 3601
    with pytest.raises(faults.Unavailable):
        await listed.login(token())


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"keys": 1}', b'{"keys": []}', b'{"keys": ["x"]}', b" " * 70_000],
    ids=["empty", "html", "list", "number", "no keys", "odd keys", "endless"],
)
async def test_a_listing_that_is_none_is_as_good_as_no_answer(
    listed: World, listing: Listing, body: bytes
) -> None:
    listing.body = body
    with pytest.raises(faults.Unavailable):
        await listed.login(token())


async def test_a_listing_that_hangs_is_given_up(listed: World, listing: Listing) -> None:
    listing.hangs = True
    async with asyncio.timeout(20):
        with pytest.raises(faults.Unavailable):
            await listed.login(token())


def test_a_verification_key_is_read_as_the_dashboard_shows_it() -> None:
    key = parse_verification_key(pem())
    assert parse_verification_key(pem().replace("\n", "\\n")) == key
    other_curve = ec.generate_private_key(ec.SECP384R1())
    for wrong in ("", "not a key", pem(other_curve)):
        with pytest.raises(ValueError, match="P-256"):
            parse_verification_key(wrong)
