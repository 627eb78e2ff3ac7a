"""The README's tables agree with the code: settings, asset types, options."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.docs.examples import DOCUMENTS, ROOT, links, table_rows

from asset_forge.asset_types import AssetType
from asset_forge.cli.main import app
from asset_forge.generation.providers.procedural.options import OPTIONS
from asset_forge.generation.providers.procedural_provider import FORMATS, make
from asset_forge.settings import Settings

README = ROOT / "README.md"
QUICK: dict[str, dict[str, object]] = {"music": {"durationSeconds": 4}}


def test_every_setting_is_in_the_table_with_its_default() -> None:
    named = {
        "data_dir": "ASSET_FORGE_DATA_DIR",
        "otel": "OTEL_*",
        "store_variables": "AWS_*, GOOGLE_*, AZURE_*",
    }
    fields = {
        named.get(name, name.upper()): _shown(field.get_default(call_default_factory=True))
        for name, field in Settings.model_fields.items()
    }
    rows = table_rows(README, "Variable")
    assert {row[0].replace("`", ""): row[1].strip("`") for row in rows} == fields
    assert len(rows) == len(fields)


def _shown(default: object) -> str:
    assert not isinstance(default, SecretStr)
    if default is None or default in ("", (), {}):
        return ""
    if isinstance(default, Path):
        return f"./{default}"
    if isinstance(default, float):
        return f"{default:g}"
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_every_command_is_in_the_table() -> None:
    named = {row[0].strip("`") for row in table_rows(README, "Command")}
    commands = [command.name for command in app.registered_commands]
    groups = [group.name for group in app.registered_groups]
    assert named == {*commands, *groups}


def test_every_asset_type_is_in_the_table_with_its_file() -> None:
    rows = {row[0].strip("`"): row[1].strip("`") for row in table_rows(README, "Type")}
    assert rows == {type_.value: f".{FORMATS[type_][0]}" for type_ in AssetType}


@pytest.mark.parametrize(
    ("type_", "prompt"), [(r[0].strip("`"), r[2]) for r in table_rows(README, "Type")]
)
def test_the_example_prompt_makes_a_file_of_its_type(type_: str, prompt: str) -> None:
    options = QUICK.get(type_, {})
    if "textureSize" in OPTIONS[type_]:
        options = {"textureSize": 256}
    content, _ = make(type_, prompt, 7, options)
    match FORMATS[AssetType(type_)][0]:
        case "glb":
            assert content.startswith(b"glTF")
        case "wav":
            assert content[:4] == b"RIFF"
        case "zip":
            assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
        case _:
            assert json.loads(content)["nodes"]


def test_every_option_is_in_the_table() -> None:
    named = {(row[0].strip("`"), row[1].strip("`")) for row in table_rows(README, "Option")}
    models = {"character", "environment", "prop", "item", "weapon", "armor", "building"}
    assert named == {
        (option, "3D types" if type_ in models else type_)
        for type_, options in OPTIONS.items()
        for option in options
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_into_the_repository_leads_somewhere(document: Path) -> None:
    for target in links(document):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"
