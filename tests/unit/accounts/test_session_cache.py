from __future__ import annotations

from datetime import UTC, datetime, timedelta

from asset_forge.accounts import Principal
from asset_forge.accounts._sessions import SessionCache, new_token, token_hash

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=12)
ADA = Principal("1", "member", "Ada", "ada", "local", "a")


def test_a_session_is_remembered_for_five_seconds() -> None:
    cache = SessionCache()
    cache.store("a", ADA, LATER, now=NOW, changes=cache.changes)
    assert cache.find("a", NOW + timedelta(seconds=4.9)) == ADA
    assert cache.find("a", NOW + timedelta(seconds=5)) is None


def test_a_session_read_while_another_call_ended_it_is_not_remembered() -> None:
    cache = SessionCache()
    changes = cache.changes  # a request reads the session from the database …
    cache.forget("a")  # … and before it stores what it read, the session ends
    cache.store("a", ADA, LATER, now=NOW, changes=changes)
    assert cache.find("a", NOW) is None


def test_a_user_is_forgotten_with_all_sessions() -> None:
    cache = SessionCache()
    for session in ("a", "b"):
        cache.store(session, ADA, LATER, now=NOW, changes=cache.changes)
    cache.forget_user(ADA.user_id)
    assert cache.find("a", NOW) is cache.find("b", NOW) is None


def test_the_oldest_session_makes_room() -> None:
    cache = SessionCache(size=2)
    for session in ("a", "b", "c"):
        cache.store(session, ADA, LATER, now=NOW, changes=cache.changes)
    assert [cache.find(session, NOW) for session in ("a", "b", "c")] == [None, ADA, ADA]


def test_a_new_token_has_a_hash_of_its_own() -> None:
    first, second = new_token(), new_token()
    assert token_hash(first) not in (None, token_hash(second))
