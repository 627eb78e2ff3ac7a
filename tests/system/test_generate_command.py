"""`asset-forge generate`: one asset from the shell, the same bytes as over HTTP."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
import trimesh
from tests.served import PROGRAM, ServerFactory, environment_of

PROMPT = "a mossy stone sword"


def generate(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "generate", *arguments],
        cwd=tmp_path,
        env=environment_of(tmp_path / "var"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=180,
        text=True,
        check=False,
    )


def test_the_shell_and_http_make_the_same_bytes(serve: ServerFactory, tmp_path: Path) -> None:
    made = generate(tmp_path, PROMPT, "--type", "weapon", "--seed", "7", "-o", "sword.glb",
                    "--option", "textureSize=256")  # fmt: skip
    assert made.returncode == 0, made.stderr
    content = (tmp_path / "sword.glb").read_bytes()
    assert f"sword.glb  {len(content)} bytes  seed 7" in made.stdout
    assert trimesh.load_scene(io.BytesIO(content), file_type="glb").geometry
    server = serve(data_dir=tmp_path / "elsewhere")
    job = server.ended(server.submit("weapon", PROMPT, seed=7, options={"textureSize": 256}))
    assert server.request("GET", f"/api/assets/{job['assetId']}/file").content == content


def test_the_command_works_beside_a_server_on_its_data(
    serve: ServerFactory, tmp_path: Path
) -> None:
    """It is documented with a prompt, a type and a file name alone; the asset is then listed."""
    server = serve(data_dir=tmp_path / "var")
    made = generate(tmp_path, PROMPT, "--type", "weapon", "-o", "sword.glb")
    assert made.returncode == 0, made.stderr
    (asset,) = server.get("/api/assets")["items"]
    assert asset["sizeBytes"] == (tmp_path / "sword.glb").stat().st_size
    assert (asset["name"], asset["type"]) == (PROMPT, "weapon")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--type", "dragon"], ["--type", "'dragon'", "weapon"]),
        (["--type", "weapon", "--option", "textureSize"], ["--option", "KEY=VALUE"]),
        (["--type", "weapon", "--option", "size=3"], ["size", "textureSize"]),
        (["--type", "weapon", "--option", "textureSize=300"], ["textureSize", "300", "256"]),
        (["--type", "weapon", "--provider", "oracle"], ["provider", "procedural"]),
        (["--type", "weapon", "--seed", "-1"], ["--seed", "greater than or equal to 0"]),
    ],
)
def test_what_cannot_be_asked_for_is_said_with_what_can(
    tmp_path: Path, arguments: list[str], said: list[str]
) -> None:
    refused = generate(tmp_path, PROMPT, *arguments)
    assert refused.returncode == 2, refused.stderr
    assert "Traceback" not in refused.stderr
    assert [words for words in said if words not in refused.stderr] == [], refused.stderr


@pytest.mark.parametrize("output", ["nowhere/sword.glb", "taken"])
def test_an_output_that_cannot_be_written_is_said_before_anything_is_made(
    tmp_path: Path, output: str
) -> None:
    (tmp_path / "taken").mkdir()
    options = ["--option", "durationSeconds=0.1"]
    refused = generate(tmp_path, "a door", "--type", "sound_effect", *options, "-o", output)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    (line,) = (line for line in refused.stderr.splitlines() if line.startswith("asset-forge: "))
    assert "--output" in line
    assert output in line
    assert [path.name for path in tmp_path.rglob("*")] == ["taken"], "work was done for nothing"
