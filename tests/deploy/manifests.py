"""The files below `deploy/` as the tests read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from asset_forge.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
CORE = sorted(KUBERNETES.glob("*.yml"))
OPERATOR = sorted((KUBERNETES / "monitoring").glob("*.yml"))
SECRET = KUBERNETES / "secret.example"

MONITORING = "${MONITORING_DIR:-.}"
"""Where the compose file takes what is rendered from; by default from beside it."""

Document = dict[str, Any]


def documents(*paths: Path) -> list[Document]:
    """Return all YAML documents of these files."""
    return [document for path in paths for document in yaml.safe_load_all(path.read_text())]


def compose() -> Document:
    """Return the compose file, with the defaults of its variables."""
    text = (DEPLOY / "compose.yml").read_text().replace(MONITORING, ".")
    found: Document = yaml.safe_load(text)
    return found


def document(kind: str, name: str) -> Document:
    """Return one object of the manifests."""
    (found,) = (
        one
        for one in documents(*CORE, SECRET, *OPERATOR)
        if (one["kind"], one["metadata"]["name"]) == (kind, name)
    )
    return found


def container(name: str) -> Document:
    """Return the container of a Deployment."""
    (found,) = document("Deployment", name)["spec"]["template"]["spec"]["containers"]
    return found


def variables(name: str) -> dict[str, str]:
    """Return the environment of a Deployment's container; the Secret is its example."""
    sources = {
        "configMapRef": ("ConfigMap", "data"),
        "secretRef": ("Secret", "stringData"),
    }
    found: dict[str, str] = {}
    for entry in container(name)["envFrom"]:
        ((source, reference),) = entry.items()
        kind, field = sources[source]
        found |= document(kind, reference["name"])[field]
    return found | {one["name"]: one["value"] for one in container(name)["env"]}


def settings_variables() -> set[str]:
    """Return the names of all settings, as variables."""
    names = {name.upper() for name in Settings.model_fields} - {"DATA_DIR", "OTEL"}
    return names | {"ASSET_FORGE_DATA_DIR"}


def secret_variables() -> set[str]:
    """Return the settings whose values are secret."""
    return {
        name.upper()
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
