"""The simulated Meshy, over HTTP as its API reference describes it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from typing import Any

import httpx
import pygltflib
import pytest
import trimesh
from PIL import Image
from tests.integration.simulation.conftest import patience_with

from asset_forge.simulation.providers import Fault, SimulatedProviders

TASKS = "/openapi/v2/text-to-3d"
PREVIEW = {"mode": "preview", "prompt": "an oak barrel", "ai_model": "latest"}


async def submitted(meshy: httpx.AsyncClient, **changed: object) -> str:
    response = await meshy.post(TASKS, json=PREVIEW | changed)
    assert response.status_code == 202, response.text
    return response.json()["result"]


async def ended(meshy: httpx.AsyncClient, task: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            shown = (await meshy.get(f"{TASKS}/{task}")).json()
            if shown["status"] not in ("PENDING", "IN_PROGRESS"):
                return shown
            await asyncio.sleep(0.005)


async def downloaded(url: str, patience_seconds: float = 20.0) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=patience_seconds) as without_key:
        return await without_key.get(url)


async def test_a_preview_becomes_a_model_that_can_be_downloaded(meshy: httpx.AsyncClient) -> None:
    shown = await ended(meshy, await submitted(meshy))
    assert (shown["status"], shown["progress"], shown["mode"]) == ("SUCCEEDED", 100, "preview")
    assert shown["created_at"] <= shown["started_at"] <= shown["finished_at"]
    assert shown["finished_at"] < shown["expires_at"]
    response = await downloaded(shown["model_urls"]["glb"])
    assert response.headers["content-type"] == "model/gltf-binary"
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.headers["etag"] == f'"{hashlib.md5(response.content).hexdigest()}"'
    scene = trimesh.load_scene(io.BytesIO(response.content), file_type="glb")
    mesh = next(iter(scene.geometry.values()))
    assert 100 < len(mesh.faces) < 6000
    assert 0.5 < scene.extents[1] < 2


async def test_each_prompt_has_a_model_of_its_own_and_always_the_same(
    meshy: httpx.AsyncClient,
) -> None:
    contents: list[bytes] = []
    for prompt in ("an oak barrel", "a clay jug", "an oak barrel"):
        shown = await ended(meshy, await submitted(meshy, prompt=prompt))
        contents.append((await downloaded(shown["model_urls"]["glb"])).content)
    assert contents[0] == contents[2] != contents[1]


async def test_a_refined_model_is_the_preview_with_a_texture(meshy: httpx.AsyncClient) -> None:
    preview = await submitted(meshy)
    await ended(meshy, preview)
    refined = await submitted(meshy, mode="refine", preview_task_id=preview)
    shown = await ended(meshy, refined)
    assert shown["prompt"] == "an oak barrel"
    content = (await downloaded(shown["model_urls"]["glb"])).content
    tree = pygltflib.GLTF2.load_from_bytes(content)
    assert len(tree.images) == 1
    picture = await downloaded(shown["texture_urls"][0]["base_color"])
    with Image.open(io.BytesIO(picture.content)) as image:
        image.load()


async def test_a_refinement_waits_for_a_preview_that_has_succeeded(
    meshy: httpx.AsyncClient,
) -> None:
    response = await meshy.post(TASKS, json={"mode": "refine", "preview_task_id": "none"})
    assert response.status_code == 400
    assert "preview_task_id" in response.json()["message"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"mode": "draft"}, "mode"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 601}, "prompt"),
        ({"target_polycount": 5}, "target_polycount"),
        ({"ai_model": "meshy-0"}, "ai_model"),
    ],
)
async def test_a_request_outside_of_what_is_documented_is_refused_by_name(
    meshy: httpx.AsyncClient, changed: dict[str, object], named: str
) -> None:
    response = await meshy.post(TASKS, json=PREVIEW | changed)
    assert response.status_code == 400
    assert named in response.json()["message"]


async def test_a_body_that_is_no_json_is_refused(meshy: httpx.AsyncClient) -> None:
    assert (await meshy.post(TASKS, content=b'{"mode": ')).status_code == 400


async def test_tasks_are_listed_newest_first_and_can_be_deleted(meshy: httpx.AsyncClient) -> None:
    first, second = await submitted(meshy), await submitted(meshy, prompt="a clay jug")
    listed = (await meshy.get(TASKS, params={"page_size": "1"})).json()
    assert [task["id"] for task in listed] == [second]
    listed = (await meshy.get(TASKS, params={"sort_by": "+created_at"})).json()
    assert [task["id"] for task in listed] == [first, second]
    assert (await meshy.delete(f"{TASKS}/{first}")).status_code == 200
    assert (await meshy.get(f"{TASKS}/{first}")).status_code == 404


async def test_tasks_cost_credits_until_there_are_none(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.meshy.credits = 25
    await submitted(meshy)
    assert (await meshy.get("/openapi/v1/balance")).json() == {"balance": 5}
    response = await meshy.post(TASKS, json=PREVIEW)
    assert (response.status_code, response.json()) == (402, {"message": "Insufficient funds"})


async def test_more_tasks_than_may_be_unfinished_are_refused_without_a_time_to_come_back(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.meshy.concurrent_tasks = 2
    providers.set_fault("meshy", Fault.ENDLESS_TASK)
    for _ in range(2):
        await submitted(meshy)
    response = await meshy.post(TASKS, json=PREVIEW)
    assert (response.status_code, response.json()) == (429, {"message": "NoMoreConcurrentTasks"})
    assert "retry-after" not in response.headers
    assert providers.meshy.most_at_once == 2


async def test_a_change_of_speed_holds_for_what_begins_afterwards(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    quick = await ended(meshy, await submitted(meshy))
    providers.speed = 20
    slow = await ended(meshy, await submitted(meshy))
    assert slow["finished_at"] - slow["created_at"] > 150
    assert quick["finished_at"] - quick["created_at"] < 30


async def test_a_failed_task_says_why_and_costs_nothing(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    before = providers.meshy.credits
    providers.set_fault("meshy", Fault.FAILED_TASK, times=1)
    shown = await ended(meshy, await submitted(meshy))
    assert shown["status"] == "FAILED"
    assert shown["task_error"]["message"]
    assert (shown["model_urls"], shown["consumed_credits"]) == ({}, 0)
    assert providers.meshy.credits == before
    assert (await ended(meshy, await submitted(meshy)))["status"] == "SUCCEEDED"


async def test_an_endless_task_never_leaves_its_progress(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.ENDLESS_TASK)
    endless = await submitted(meshy)
    providers.clear_fault("meshy")
    await ended(meshy, await submitted(meshy))
    shown = (await meshy.get(f"{TASKS}/{endless}")).json()
    assert shown["status"] == "IN_PROGRESS"
    assert shown["progress"] < 100


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        (Fault.UNAUTHORIZED, 401, "Invalid API key"),
        (Fault.OUT_OF_CREDIT, 402, "Insufficient funds"),
        (Fault.FORBIDDEN, 403, "forbidden"),
        (Fault.NOT_FOUND, 404, "not found"),
        (Fault.RATE_LIMITED, 429, "RateLimitExceeded"),
        (Fault.CONCURRENCY_LIMITED, 429, "NoMoreConcurrentTasks"),
        (Fault.REJECTED_PROMPT, 400, "moderation"),
        (Fault.SERVER_ERROR, 500, "error"),
        (Fault.OVERLOADED, 503, "overloaded"),
    ],
)
async def test_a_refusal_has_the_status_and_the_message_of_the_vendor(
    providers: SimulatedProviders,
    meshy: httpx.AsyncClient,
    fault: Fault,
    status: int,
    message: str,
) -> None:
    providers.set_fault("meshy", fault)
    response = await meshy.post(TASKS, json=PREVIEW)
    assert response.status_code == status
    assert message in response.json()["message"]
    assert not providers.meshy.tasks


async def test_a_gateway_answers_with_a_page_and_starts_nothing(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.BAD_GATEWAY)
    response = await meshy.post(TASKS, json=PREVIEW)
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html")
    assert not providers.meshy.tasks


@pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.CONNECTION_RESET])
async def test_a_submission_whose_answer_is_lost_has_started_a_task(
    providers: SimulatedProviders, meshy: httpx.AsyncClient, fault: Fault
) -> None:
    providers.set_fault("meshy", fault, method="POST")
    with pytest.raises(httpx.TransportError):
        await meshy.post(TASKS, json=PREVIEW, timeout=0.5)
    listed = (await meshy.get(TASKS)).json()
    assert [task["prompt"] for task in listed] == ["an oak barrel"]
    assert len(providers.journal.requests("meshy", charged=True)) == 1


async def test_malformed_and_incomplete_answers(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.MALFORMED_JSON, times=1)
    with pytest.raises(json.JSONDecodeError):
        (await meshy.post(TASKS, json=PREVIEW)).json()
    providers.set_fault("meshy", Fault.MISSING_FIELDS, times=1)
    assert (await meshy.post(TASKS, json=PREVIEW)).json() == {}
    task = await submitted(meshy)
    providers.set_fault("meshy", Fault.MISSING_FIELDS, times=1)
    shown = (await meshy.get(f"{TASKS}/{task}")).json()
    assert shown["id"] == task
    assert "status" not in shown


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.TRUNCATED_DOWNLOAD, httpx.RemoteProtocolError),
        (Fault.CONNECTION_RESET, httpx.NetworkError),
        (Fault.SLOW_TRICKLE, httpx.ReadTimeout),
        (Fault.TIMEOUT, httpx.ReadTimeout),
    ],
)
async def test_a_download_may_break_off(
    providers: SimulatedProviders,
    meshy: httpx.AsyncClient,
    fault: Fault,
    expected: type[Exception],
) -> None:
    shown = await ended(meshy, await submitted(meshy))
    providers.set_fault("meshy", fault, endpoint="files")
    with pytest.raises(expected):
        await downloaded(shown["model_urls"]["glb"], patience_seconds=patience_with(fault))


async def test_half_a_file_without_a_length_is_told_only_by_the_file(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    shown = await ended(meshy, await submitted(meshy))
    whole = (await downloaded(shown["model_urls"]["glb"])).content
    providers.set_fault("meshy", Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH)
    half = await downloaded(shown["model_urls"]["glb"])
    assert "content-length" not in half.headers
    assert half.content == whole[: len(whole) // 2]
    assert int.from_bytes(half.content[8:12], "little") == len(whole)


async def test_a_page_may_come_in_the_place_of_a_model(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    shown = await ended(meshy, await submitted(meshy))
    providers.set_fault("meshy", Fault.WRONG_TYPE_DOWNLOAD)
    response = await downloaded(shown["model_urls"]["glb"])
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


async def test_urls_expire_and_cannot_be_made_up(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    shown = await ended(meshy, await submitted(meshy))
    url = shown["model_urls"]["glb"]
    assert (await downloaded(url.partition("&")[0])).status_code == 403
    providers.set_fault("meshy", Fault.EXPIRED_URL, times=1)
    assert (await downloaded(url)).status_code == 403
    assert (await downloaded(url)).status_code == 200


async def test_a_wrong_key_is_refused_without_any_fault(meshy: httpx.AsyncClient) -> None:
    for headers in ({"authorization": "Bearer msy_real_looking"}, {"authorization": ""}):
        response = await meshy.post(TASKS, json=PREVIEW, headers=headers)
        assert response.status_code == 401


async def test_a_webhook_is_told_of_the_start_and_the_end_of_a_task(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        told.put_nowait(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as receiver:
        providers.webhooks.url = f"http://127.0.0.1:{receiver.sockets[0].getsockname()[1]}/hook"
        task = await submitted(meshy)
        async with asyncio.timeout(20):
            payloads = [await told.get(), await told.get()]
    assert [payload["status"] for payload in payloads] == ["IN_PROGRESS", "SUCCEEDED"]
    assert {payload["id"] for payload in payloads} == {task}
