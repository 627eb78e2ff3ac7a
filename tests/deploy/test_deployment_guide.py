"""The guide's commands make and name what the files need."""

from __future__ import annotations

import re
from pathlib import Path

from tests.deploy.manifests import CORE, ROOT, compose, documents
from tests.docs.examples import examples

from asset_forge import __version__

GUIDE = ROOT / "docs" / "deployment.md"
TEXT = GUIDE.read_text()


def test_the_secrets_of_the_compose_file_are_those_that_the_guide_makes() -> None:
    parts = compose()
    needed = {Path(one["file"]).name for one in parts["secrets"].values()}
    for service in parts["services"].values():
        mounted = [volume.split(":")[0] for volume in service.get("volumes", [])]
        needed |= {Path(one).name for one in mounted if "/secrets/" in one}
        if "env_file" in service:
            needed.add(Path(service["env_file"]).name)
    (made,) = (one.output for one in examples(GUIDE) if "compose/secrets" in one.commands)
    assert made is not None
    assert set(made.split()) == needed


def test_every_file_below_deploy_that_the_guide_names_is_there() -> None:
    named = {one.rstrip("/.") for one in re.findall(r"deploy/[\w./-]+", TEXT)}
    missing = {one for one in named if not (ROOT / one).exists()}
    assert missing == {"deploy/compose/secrets"}


def test_every_object_that_the_guide_names_is_in_a_manifest() -> None:
    have = {(one["kind"].lower(), one["metadata"]["name"]) for one in documents(*CORE)}
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
    named = set(re.findall(r"\b(deployment|job)/([\w-]+)", commands))
    assert named
    assert named <= have


def test_the_guide_names_this_version() -> None:
    assert set(re.findall(r"asset-forge:(\d+\.\d+\.\d+)", TEXT)) == {__version__}
