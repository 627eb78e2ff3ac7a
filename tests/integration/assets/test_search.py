from __future__ import annotations

import httpx
import pytest
from tests.integration.assets.conftest import Stage

from asset_forge.accounts import Principal
from asset_forge.assets import AssetChanges
from asset_forge.ids import new_id
from asset_forge.search import NotIndexed


async def _names(stage: Stage, principal: Principal, query: str) -> list[str]:
    return [asset.name for asset in (await stage.search.search(principal, query)).items]


async def test_words_are_found_in_names_tags_and_descriptions_best_first(
    stage: Stage, member: Principal
) -> None:
    await stage.upload(member, name="Crate", description="holds a dragon egg")
    await stage.upload(member, name="Egg cup", tags=["dragon"])
    await stage.upload(member, name="Dragon", description="an egg")
    await stage.upload(member, name="Barrel")
    assert await _names(stage, member, "egg DRAGON") == ["Egg cup", "Dragon", "Crate"]
    assert await _names(stage, member, "dra") == ["Dragon", "Egg cup", "Crate"]
    assert await _names(stage, member, "dra egg") == []  # only the last word may be a beginning
    assert await _names(stage, member, "barrel dragon") == []


async def test_search_follows_edits_and_deletions(stage: Stage, member: Principal) -> None:
    asset = await stage.upload(member, name="Old axe")
    await stage.search.index(asset.id)
    await stage.assets.update(member, asset.id, AssetChanges(name="New hammer", tags=["blunt"]))
    assert await _names(stage, member, "axe") == []
    assert await _names(stage, member, "blunt hammer") == ["New hammer"]
    await stage.assets.delete(member, asset.id)
    assert await _names(stage, member, "hammer") == []
    with pytest.raises(NotIndexed):
        await stage.search.index(asset.id)


async def test_members_find_their_own_and_operators_find_all(
    stage: Stage, member: Principal
) -> None:
    await stage.upload(member, name="sword")
    assert await _names(stage, await stage.user(), "sword") == []
    assert await _names(stage, await stage.user(role="operator"), "sword") == ["sword"]


@pytest.mark.parametrize(
    "query",
    [
        'sword"',
        "name:sword",
        "sword*",
        "NOT sword",
        "sword OR x",
        "'sword' | x",
        "a\\",
        "!!!",
        "\0",
    ],
)
async def test_syntax_of_search_engines_is_read_as_words(
    stage: Stage, member: Principal, query: str
) -> None:
    await stage.upload(member, name="sword")
    found = await _names(stage, member, query)
    assert found == (["sword"] if query in ('sword"', "sword*") else [])


async def test_words_of_other_scripts_are_found(stage: Stage, member: Principal) -> None:
    for name in ("Übungsschwert", "剑", "हिन्दी तलवार"):
        await stage.upload(member, name=name)
    assert await _names(stage, member, "üBUNGS") == ["Übungsschwert"]
    assert await _names(stage, member, "剑") == ["剑"]
    assert await _names(stage, member, "हिन्दी") == ["हिन्दी तलवार"]


async def test_results_come_in_pages(
    client: httpx.AsyncClient, stage: Stage, member: Principal
) -> None:
    made = [(await stage.upload(member, name="sword")).id for _ in range(5)]
    seen: list[str] = []
    query = {"q": "sword", "limit": "2"}
    while True:
        page = (await client.get("/api/assets/search", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert seen == made[::-1]
    assert stage.count("user_actions_total", action="read", resource_type="asset") == 3


async def test_a_query_that_cannot_be_answered_is_refused(
    client: httpx.AsyncClient, member: Principal
) -> None:
    for query in (
        {},
        {"q": ""},
        {"q": "x" * 201},
        {"q": "x", "limit": "0"},
        {"q": "x", "cursor": "-1"},
        {"q": "x", "cursor": new_id()},
    ):
        answer = await client.get("/api/assets/search", params=query)
        assert answer.status_code == 422, query
