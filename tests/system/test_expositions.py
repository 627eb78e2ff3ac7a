"""Both metrics paths of the real server, read by other people's parsers."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from tests.served import Server

PATHS = ("/metrics", "/metrics/business")
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@pytest.fixture(scope="module")
def busy(server: Server) -> Server:
    """The shared server, once it has something to tell in most of its families."""
    job = server.ended(server.submit("sound_effect", options={"durationSeconds": 0.1}))
    assert server.request("GET", f"/api/assets/{job['assetId']}/file").status_code == 200
    assert server.request("GET", "/nowhere").status_code == 404
    return server


@pytest.mark.parametrize("path", PATHS)
def test_the_text_format_is_parsed_by_the_reference_parser(busy: Server, path: str) -> None:
    response = busy.request("GET", path)
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(response.text))
    assert len(families) == len({family.name for family in families}) > 10
    for family in families:
        assert family.type != "unknown", family.name
        assert family.documentation, family.name
        keys = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
        assert len(keys) == len(set(keys)), f"{family.name} repeats a series"


@pytest.mark.parametrize("path", PATHS)
def test_openmetrics_is_parsed_by_its_strict_parser(busy: Server, path: str) -> None:
    response = busy.request("GET", path, headers={"Accept": OPENMETRICS})
    assert response.headers["content-type"] == OPENMETRICS
    assert response.text.endswith("# EOF\n")
    parse: Callable[[str], Iterator[Metric]] = openmetrics.text_string_to_metric_families
    families = parse(response.text)
    strict = {sample.name for family in families for sample in family.samples}
    text = text_string_to_metric_families(busy.request("GET", path).text)
    assert strict == {sample.name for family in text for sample in family.samples}


@pytest.mark.parametrize("path", PATHS)
def test_a_scrape_may_be_compressed(busy: Server, path: str) -> None:
    with (
        busy.client() as client,
        client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as response,
    ):
        assert response.headers["content-encoding"] == "gzip"
        text = gzip.decompress(b"".join(response.iter_raw())).decode()
    assert list(text_string_to_metric_families(text))


@pytest.mark.parametrize("path", PATHS)
def test_promtool_finds_nothing_to_complain_about(busy: Server, path: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        message = "promtool is not installed; Debian's package prometheus has it"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=busy.request("GET", path).text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # Not one line is left out: even the names that were given are as the linter wants them.
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
