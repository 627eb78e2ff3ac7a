"""The service on an S3 store: what it says while the store fails, and that nothing is lost."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import httpx
import pytest
from tests.object_stores import Bucket, Fault, FaultyStore
from tests.served import PROGRAM, Server, ServerFactory, environment_of, until

SEEN_SECONDS = 30.0
"""Within this the probes tell of a store that fails or works again; the machines are busy."""

GLB = b"glTF" + (2).to_bytes(4, "little") + (12).to_bytes(4, "little")


def upload(server: Server, data: bytes = GLB) -> httpx.Response:
    files = {"file": ("thing.glb", data)}
    return server.request("POST", "/api/assets", files=files, data={"type": "prop"})


def events(server: Server) -> int:
    """Count the error events; what was captured is stored a moment later."""
    return sum(group["count"] for group in server.get("/api/errors")["items"])


def state(server: Server, check: str = "storage") -> str:
    """Return what a check says; one of a moment ago may have run out of time in a stall."""
    status: str = server.get("/api/health/deep")["checks"][check]["status"]
    return status


def test_files_live_in_the_bucket_alone(serve: ServerFactory, bucket: Bucket) -> None:
    server = serve(bucket.variables)
    asset = upload(server).json()
    job = server.ended(server.submit("dialogue", "a guard", options={"nodes": 6}))
    assert job["status"] == "succeeded"
    assert len(bucket.files()) == 2
    assert list((server.data_dir / "objects").iterdir()) == []
    assert server.request("GET", f"/api/assets/{asset['id']}/file").content == GLB
    for name in ("storage", "disk"):
        until(
            f"{name} is healthy", lambda name=name: state(server, name) == "healthy", SEEN_SECONDS
        )
    for holder in (asset["id"], job["assetId"]):
        assert server.request("DELETE", f"/api/assets/{holder}").status_code == 204
    assert bucket.files() == []


def test_a_store_that_refuses_is_told_once_everywhere_and_heals(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    server = serve(bucket.behind(faulty_store.url).variables)
    asset = upload(server).json()
    faulty_store.fault = Fault(403, "AccessDenied")
    refused = [upload(server), server.request("GET", f"/api/assets/{asset['id']}/file")]
    for answer in refused:
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "credentials" in answer.json()["detail"]
        assert faulty_store.url not in answer.text
    until("the check tells", lambda: state(server) == "unhealthy", SEEN_SECONDS)
    assert server.request("GET", "/api/health/ready").status_code == 200
    assert server.request("GET", "/api/assets").status_code == 200
    scrape = server.scrape()
    assert scrape.total("storage_errors_total", operation="put", code="denied") == 1
    assert scrape.total("storage_errors_total", operation="get", code="denied") == 1
    until("each is an error event", lambda: events(server) >= len(refused))
    assert events(server) == len(refused), server.get("/api/errors")
    logged = [json.loads(line) for line in server.told("in the storage")]
    assert {line["severity"] for line in logged} == {"WARNING"}
    assert "a-secret-of-the-tests" not in server.output()
    faulty_store.fault = None
    until("the check heals", lambda: state(server) == "healthy", SEEN_SECONDS)
    assert upload(server).status_code == 201


def test_a_full_bucket_is_507_and_leaves_no_record(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    server = serve(bucket.behind(faulty_store.url).variables)
    faulty_store.fault = Fault(403, "QuotaExceeded", methods=("PUT", "POST"))
    refused = upload(server)
    assert refused.status_code == 507
    assert "quota" in refused.json()["detail"]
    assert server.get("/api/assets")["items"] == []
    until("the check tells", lambda: state(server) == "unhealthy", SEEN_SECONDS)
    assert server.scrape().total("storage_errors_total", operation="put", code="full") == 1
    faulty_store.fault = None
    until("the check heals", lambda: state(server) == "healthy", SEEN_SECONDS)
    assert bucket.unfinished_uploads() == 0


def succeeded(server: Server) -> float:
    return server.scrape().total("asset_generations_total", status="success")


def failed(server: Server) -> float:
    return server.scrape().total("asset_generation_errors_total", error_type="storage_full")


def test_a_job_whose_file_is_there_waits_for_its_store_and_ends_once(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    server = serve(bucket.behind(faulty_store.url).variables)
    faulty_store.fault = Fault(403, "AccessDenied", methods=("HEAD",))
    job = server.submit("dialogue", "a guard", options={"nodes": 6})
    until(
        "the store has refused it twice",
        lambda: server.scrape().total("storage_errors_total", operation="head") >= 2,
        60,
    )
    assert server.job(job)["status"] == "running"
    faulty_store.fault = None
    assert server.ended(job)["status"] == "succeeded"
    assert len(bucket.files()) == 1
    until("its end is counted", lambda: succeeded(server))
    assert succeeded(server) == 1


def test_a_job_whose_free_result_cannot_be_stored_fails_with_that_reason(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    server = serve(bucket.behind(faulty_store.url).variables)
    faulty_store.fault = Fault(403, "AccessDenied", methods=("PUT",))
    ended = server.ended(server.submit("dialogue", "a guard", options={"nodes": 6}))
    assert (ended["status"], ended["error"]["type"]) == ("failed", "storage_unavailable")
    assert "credentials" in ended["error"]["message"]
    assert bucket.files() == []


def test_a_store_that_neither_takes_nor_deletes_is_one_error_event_of_a_job(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    server = serve(bucket.behind(faulty_store.url).variables)
    faulty_store.fault = Fault(403, "AccessDenied", methods=("PUT", "POST", "DELETE"))
    ended = server.ended(server.submit("dialogue", "a guard", options={"nodes": 6}))
    assert ended["error"]["type"] == "storage_unavailable"
    scrape = server.scrape()
    assert scrape.total("storage_errors_total", operation="put") == 1
    assert scrape.total("storage_errors_total", operation="delete") == 1
    until("it is an error event", lambda: events(server))
    assert events(server) == 1
    assert server.told("left to the sweep")


def test_a_job_whose_store_is_full_fails_with_that_reason(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    server = serve(bucket.behind(faulty_store.url).variables)
    faulty_store.fault = Fault(403, "QuotaExceeded", methods=("PUT",))
    ended = server.ended(server.submit("dialogue", "a guard", options={"nodes": 6}))
    assert (ended["status"], ended["error"]["type"]) == ("failed", "storage_full")
    until("its end is counted", lambda: failed(server))
    assert failed(server) == 1
    assert bucket.files() == []
    until("it is an error event", lambda: events(server))
    assert events(server) == 1


def refused_start(server: Server, variables: dict[str, str]) -> list[str]:
    began = time.monotonic()
    done = subprocess.run(
        [PROGRAM, "serve"],
        check=False,
        env=environment_of(server.data_dir, variables),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert time.monotonic() - began < 60
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(403, "InvalidAccessKeyId"), ("InvalidAccessKeyId", "credentials")),
        (Fault(404, "NoSuchBucket"), ("no such bucket", "create the bucket")),
    ],
)
def test_a_store_that_is_set_up_wrongly_ends_the_start_with_one_line(
    serve: ServerFactory,
    bucket: Bucket,
    faulty_store: FaultyStore,
    fault: Fault,
    said: tuple[str, ...],
) -> None:
    faulty_store.fault = fault
    variables = bucket.behind(faulty_store.url).variables
    (line,) = refused_start(serve(variables, start=False), variables)
    assert line.startswith(f"asset-forge: STORAGE_URL=s3://{bucket.name}/files: ")
    assert [words for words in said if words not in line] == [], line


def test_a_store_that_is_away_at_the_start_is_told_and_waited_for(
    serve: ServerFactory, bucket: Bucket, faulty_store: FaultyStore
) -> None:
    faulty_store.fault = Fault(503, "ServiceUnavailable")
    server = serve(bucket.behind(faulty_store.url).variables)
    assert len(server.told("Starting all the same")) == 1
    until("the check tells", lambda: state(server) == "unhealthy", SEEN_SECONDS)
    faulty_store.fault = None
    until("the check heals", lambda: state(server) == "healthy", SEEN_SECONDS)
    assert upload(server).status_code == 201


def test_every_bad_variable_of_a_store_is_named_at_once(
    serve: ServerFactory, bucket: Bucket
) -> None:
    variables: dict[str, str] = bucket.variables | {
        "AWS_ENDPOINT_URL": "somewhere:9000",
        "AWS_SECRET_ACCESS_KEY": "",
        "PORT": "70000",
    }
    lines = refused_start(serve(variables, start=False), variables)
    named = {line.split()[1].split("=")[0].rstrip(":") for line in lines}
    assert named == {"AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY", "PORT"}


def test_a_download_is_redirected_to_a_signed_url_for_those_who_may_have_it(
    serve: ServerFactory, bucket: Bucket
) -> None:
    variables = bucket.variables | {"SIGNED_DOWNLOAD_SECONDS": "60", "AUTH_PROVIDERS": "local"}
    server = serve(variables, start=False)
    for login in ("max", "mia"):
        create_user(server, login)
    server.start()
    server.sign_in("max", PASSWORD)
    asset: dict[str, Any] = upload(server).json()
    path = f"/api/assets/{asset['id']}/file"
    before = server.scrape().total("file_downloads_total", file_type="glb")
    redirected = server.request("GET", path)
    assert redirected.status_code == 307
    assert redirected.headers["cache-control"] == "no-store"
    url = redirected.headers["location"]
    assert f"{bucket.endpoint}/{bucket.name}/" in url
    assert "X-Amz-Expires=60" in url
    assert httpx.get(url, trust_env=False).content == GLB
    assert server.scrape().total("file_downloads_total", file_type="glb") == before + 1
    etag = server.request("HEAD", path).headers["etag"]
    assert server.request("GET", path, headers={"If-None-Match": etag}).status_code == 304
    assert "X-Amz-Signature" not in server.output()
    server.sign_in("mia", PASSWORD)
    assert server.request("GET", path).status_code == 404


PASSWORD = "a long enough password"


def create_user(server: Server, login: str) -> None:
    subprocess.run(
        [PROGRAM, "user", "create", "--login", login, "--role", "member", "--password-stdin"],
        env=environment_of(server.data_dir),
        input=f"{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )
