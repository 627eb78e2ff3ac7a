from __future__ import annotations

from datetime import UTC, datetime, timedelta

import argon2
import pytest

from asset_forge import faults
from asset_forge.accounts import (
    AccountService,
    Credentials,
    LoginLimits,
    PasswordHasher,
)
from asset_forge.catalog import DECLARATIONS
from asset_forge.database import Database
from asset_forge.observability.metrics import Registry

CHEAP = argon2.Parameters(argon2.Type.ID, 19, 16, 32, 1, 8, 1)
HERE = "192.0.2.1"
PASSWORD = "correct horse battery"


class World:
    """A service on a fresh database, with a clock that the test moves."""

    def __init__(self, database: Database, limits: LoginLimits | None = None) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.registry = Registry(DECLARATIONS, strict=True)
        self.database = database
        self.accounts = self.service(limits)

    def service(
        self, limits: LoginLimits | None = None, parameters: argon2.Parameters = CHEAP
    ) -> AccountService:
        return AccountService(
            self.database,
            registry=self.registry,
            clock=lambda: self.now,
            hasher=PasswordHasher(parameters),
            limits=limits,
        )

    async def login(
        self, password: str = PASSWORD, *, login: str = "ada", client: str = HERE
    ) -> str:
        signed_in = await self.accounts.login("local", Credentials(login, password), client=client)
        return signed_in.token

    async def fail(self, *, login: str = "ada", client: str = HERE) -> None:
        with pytest.raises(faults.NotSignedIn):
            await self.login("wrong password", login=login, client=client)

    def failures(self, reason: str) -> float | None:
        return self.registry.value("login_failures_total", provider="local", reason=reason)


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.accounts.create_user("ada", PASSWORD)
    return world


async def test_a_login_opens_a_session_of_the_user(world: World) -> None:
    principal = await world.accounts.authenticate(await world.login())
    assert principal is not None
    assert (principal.subject, principal.role, principal.provider) == ("ada", "member", "local")
    assert world.registry.value("user_logins_total", provider="local") == 1


async def test_a_login_is_found_in_any_case_and_width(world: World) -> None:
    assert await world.login(login=" ＡDa ")


async def test_only_the_hash_of_a_token_is_stored(world: World) -> None:
    from sqlalchemy import text

    token = await world.login()
    async with world.database.reading() as session:
        (row,) = (await session.execute(text("SELECT * FROM sessions"))).all()
    assert token not in str(row)


async def test_a_wrong_password_is_refused_and_counted(world: World) -> None:
    await world.fail()
    assert world.failures("bad_credentials") == 1
    assert world.registry.value("user_logins_total", provider="local") == 0


async def test_an_unknown_login_gets_the_answer_of_a_wrong_password(world: World) -> None:
    answers: list[str] = []
    for login in ("ada", "nobody", "", "no body", "null\x00byte", "lone \ud800", "x" * 5000):
        with pytest.raises(faults.NotSignedIn) as refused:
            await world.login("wrong password", login=login)
        answers.append(refused.value.message)
    assert len(set(answers)) == 1


async def test_the_built_in_operator_cannot_be_signed_in_as(world: World) -> None:
    await world.accounts.ensure_local_operator()
    for password in ("", "wrong password"):
        with pytest.raises(faults.NotSignedIn):
            await world.login(password, login="local")


async def test_the_built_in_operator_is_made_once(world: World) -> None:
    first = await world.accounts.ensure_local_operator()
    assert await world.accounts.ensure_local_operator() == first
    assert first.role == "operator"
    assert [user.login for user in await world.accounts.list_users()] == ["ada", "local"]


async def test_a_short_password_is_refused_with_the_limit(world: World) -> None:
    with pytest.raises(faults.InvalidRequest, match="9 characters: 10 to 1000 are allowed"):
        await world.accounts.create_user("bob", "123456789")


@pytest.mark.parametrize("login", ["", "  ", "two words", "x" * 321, "null\x00byte", "\ud800"])
async def test_a_login_that_nobody_could_type_is_refused(world: World, login: str) -> None:
    with pytest.raises(faults.InvalidRequest, match="is not usable"):
        await world.accounts.create_user(login, PASSWORD)


async def test_a_second_user_of_a_login_is_a_conflict(world: World) -> None:
    with pytest.raises(faults.Conflict, match="'ada'"):
        await world.accounts.create_user("ADA", PASSWORD)


async def test_an_unknown_provider_is_refused_by_name(world: World) -> None:
    with pytest.raises(faults.InvalidRequest, match="'privy' is none that can be used here: local"):
        await world.accounts.login("privy", Credentials("", "token"), client=HERE)


async def test_a_hash_of_old_parameters_is_renewed_by_a_login(world: World) -> None:
    from sqlalchemy import select

    from asset_forge.database.models import User

    stronger = argon2.Parameters(argon2.Type.ID, 19, 16, 32, 2, 16, 1)
    world.accounts = world.service(parameters=stronger)
    await world.login()
    async with world.database.reading() as session:
        stored = await session.scalar(select(User.password_hash))
    assert stored is not None
    assert argon2.extract_parameters(stored) == stronger
    await world.login()


async def test_a_disabled_user_is_refused_and_signed_out_at_once(world: World) -> None:
    token = await world.login()
    assert await world.accounts.authenticate(token)
    await world.accounts.disable_user("ada")
    assert await world.accounts.authenticate(token) is None
    with pytest.raises(faults.NotSignedIn, match="disabled"):
        await world.login()
    assert world.failures("disabled") == 1


async def test_disabling_nobody_says_so(world: World) -> None:
    with pytest.raises(faults.NotFound, match="'bob'"):
        await world.accounts.disable_user("bob")


async def test_a_session_ends_when_its_time_is_over(world: World) -> None:
    token = await world.login()
    world.now += timedelta(hours=12)
    assert await world.accounts.authenticate(token) is None
    assert await world.accounts.count_active_sessions() == 0


async def test_a_remembered_session_ends_on_time_too(world: World) -> None:
    token = await world.login()
    world.now += timedelta(hours=12, seconds=-1)
    assert await world.accounts.authenticate(token)
    world.now += timedelta(seconds=1)
    assert await world.accounts.authenticate(token) is None


async def test_a_logout_takes_effect_at_once_and_may_be_repeated(world: World) -> None:
    token, other = await world.login(), await world.login()
    principal = await world.accounts.authenticate(token)
    assert principal is not None
    await world.accounts.logout(principal)
    await world.accounts.logout(principal)
    assert await world.accounts.authenticate(token) is None
    assert await world.accounts.authenticate(other)
    assert await world.accounts.count_active_sessions() == 1


async def test_a_logout_of_another_replica_takes_effect_within_five_seconds(world: World) -> None:
    replica = world.service()
    principal = await world.accounts.authenticate(token := await world.login())
    assert principal is not None
    await replica.logout(principal)
    world.now += timedelta(seconds=5)
    assert await world.accounts.authenticate(token) is None


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "ü" * 43, "'; --"])
async def test_a_token_that_was_never_issued_is_nobody(world: World, token: str) -> None:
    assert await world.accounts.authenticate(token) is None


async def test_a_sweep_deletes_what_has_expired_and_nothing_else(world: World) -> None:
    await world.login()
    world.now += timedelta(hours=13)
    token = await world.login()
    assert await world.accounts.sweep() == 2  # the first session, and the count of the account
    assert await world.accounts.authenticate(token)


async def test_too_many_failures_of_one_client_on_an_account_are_limited(world: World) -> None:
    for _ in range(10):
        await world.fail()
    world.now += timedelta(minutes=5)
    with pytest.raises(faults.TooManyRequests) as refused:
        await world.login()
    assert refused.value.retry_after == 600
    assert world.failures("rate_limited") == 1
    world.now += timedelta(minutes=10)
    assert await world.login()


async def test_one_client_cannot_try_many_accounts(world: World) -> None:
    for number in range(50):
        await world.fail(login=f"user{number}")
    with pytest.raises(faults.TooManyRequests):
        await world.login()
    assert await world.login(client="192.0.2.2")


async def test_an_ipv6_network_is_one_client(world: World) -> None:
    for number in range(50):
        await world.fail(login=f"user{number}", client=f"2001:db8:0:1::{number:x}")
    with pytest.raises(faults.TooManyRequests):
        await world.login(client="2001:db8:0:1:ffff::1")
    assert await world.login(client="2001:db8:0:2::1")


async def test_an_attacked_user_gets_in_from_a_client_that_got_in_before(world: World) -> None:
    await world.login(client="198.51.100.7")
    for number in range(20):
        await world.fail(client=f"203.0.113.{number}")
    with pytest.raises(faults.TooManyRequests):
        await world.login(client="198.51.100.8")
    assert await world.login(client="198.51.100.7")


async def test_an_attacked_user_gets_in_from_anywhere_when_the_window_is_over(world: World) -> None:
    for number in range(20):
        await world.fail(client=f"203.0.113.{number}")
    for number in range(30):  # what is refused prolongs nothing
        with pytest.raises(faults.TooManyRequests):
            await world.login("wrong password", client=f"203.0.113.{100 + number}")
    world.now += timedelta(minutes=15)
    assert await world.login(client="198.51.100.8")


async def test_good_logins_are_never_limited(world: World) -> None:
    for _ in range(60):
        await world.login()


async def test_a_burst_does_not_pass_the_limit_together(world: World) -> None:
    import asyncio

    results = await asyncio.gather(
        *(world.login("wrong password") for _ in range(30)), return_exceptions=True
    )
    assert sum(isinstance(result, faults.NotSignedIn) for result in results) == 10
    assert sum(isinstance(result, faults.TooManyRequests) for result in results) == 20
