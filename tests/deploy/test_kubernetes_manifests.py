"""The manifests are valid, agree with each other and with the settings, and have the probes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import kubernetes_validate
import pytest
from obstore.store import S3Store
from tests.deploy.manifests import (
    CORE,
    KUBERNETES,
    SECRET,
    Document,
    container,
    document,
    documents,
    secret_variables,
    settings_variables,
    variables,
)

from asset_forge import __version__
from asset_forge.observability.health.uvicorn_server import EXIT_SECONDS
from asset_forge.settings import load_settings

if TYPE_CHECKING:
    from obstore.store import S3Config

DEPLOYMENTS = {"asset-forge": 3004, "asset-forge-worker": 3005}

PROBES: dict[str, Document] = {
    "startupProbe": {
        "httpGet": {"path": "/api/health/startup"},
        "periodSeconds": 2,
        "timeoutSeconds": 2,
        "failureThreshold": 30,
    },
    "livenessProbe": {
        "httpGet": {"path": "/api/health/live"},
        "initialDelaySeconds": 30,
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    },
    "readinessProbe": {
        "httpGet": {"path": "/api/health/ready"},
        "initialDelaySeconds": 10,
        "periodSeconds": 5,
        "timeoutSeconds": 3,
        "failureThreshold": 2,
    },
}


def pods() -> list[Document]:
    return [one for one in documents(*CORE) if one["kind"] in ("Deployment", "Job")]


@pytest.mark.parametrize("path", [*CORE, SECRET], ids=lambda path: path.name)
def test_a_manifest_is_valid_to_the_letter(path: Path) -> None:
    version = kubernetes_validate.latest_version()
    for one in documents(path):
        assert kubernetes_validate.validate(one, version, strict=True)


def test_an_unknown_field_would_be_found() -> None:
    service = document("Service", "asset-forge")
    service["spec"]["selectors"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(service, kubernetes_validate.latest_version(), strict=True)


def test_there_are_the_kinds_that_a_service_needs() -> None:
    assert [(one["kind"], one["metadata"]["name"]) for one in documents(*CORE)] == [
        ("Deployment", "asset-forge"),
        ("Service", "asset-forge"),
        ("PodDisruptionBudget", "asset-forge"),
        ("Job", "asset-forge-migrate"),
        ("ConfigMap", "asset-forge"),
        ("Deployment", "asset-forge-worker"),
        ("Service", "asset-forge-worker"),
    ]


def test_applying_the_directory_does_not_apply_the_example_of_the_secret() -> None:
    assert SECRET.suffix not in (".yml", ".yaml", ".json")
    assert {one["kind"] for path in KUBERNETES.glob("*.yml") for one in documents(path)} & {
        "Secret"
    } == set()


@pytest.mark.parametrize(("name", "port"), DEPLOYMENTS.items())
def test_the_probes_are_exactly_those(name: str, port: int) -> None:
    found = {key: value for key, value in container(name).items() if key.endswith("Probe")}
    expected = {
        kind: probe | {"httpGet": probe["httpGet"] | {"port": port}}
        for kind, probe in PROBES.items()
    }
    assert found == expected


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_settings_can_be_used_and_each_variable_is_known(name: str) -> None:
    given = variables(name)
    storage = {one for one in given if one.startswith("AWS_")}
    assert set(given) - storage <= settings_variables()
    config = cast("S3Config", {one.lower(): given[one] for one in storage})
    S3Store("asset-forge", config=config)  # refuses what it does not know
    settings = load_settings(given)
    assert not settings.embedded_database
    assert settings.storage_url.startswith("s3://")
    assert not settings.is_loopback
    assert settings.auth_providers
    assert not settings.allow_anonymous


@pytest.mark.parametrize(("name", "port"), DEPLOYMENTS.items())
def test_it_listens_where_the_service_and_the_probes_look(name: str, port: int) -> None:
    assert container(name)["ports"] == [{"name": "http", "containerPort": port}]
    service = document("Service", name)["spec"]
    assert service["ports"] == [{"name": "http", "port": port, "targetPort": "http"}]
    if name == "asset-forge":
        assert load_settings(variables(name)).port == port
    else:
        assert container(name)["command"][-2:] == ["--port", str(port)]


def test_the_workers_run_the_jobs_and_the_api_does_not() -> None:
    assert container("asset-forge")["command"] == ["asset-forge", "serve"]
    assert not load_settings(variables("asset-forge")).run_jobs
    assert container("asset-forge-worker")["command"][:2] == ["asset-forge", "worker"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_has_the_time_to_drain_that_its_settings_ask_for(name: str) -> None:
    given = variables(name) | {"OPENAI_API_KEY": "of-a-provider"}
    if name == "asset-forge-worker":
        given["RUN_JOBS"] = "true"  # as its command sets it
    settings = load_settings(given)
    if settings.run_jobs:
        assert settings.effective_grace_seconds > settings.provider_request_seconds
    needed = settings.effective_drain_seconds + settings.effective_grace_seconds + EXIT_SECONDS
    pod = document("Deployment", name)["spec"]["template"]["spec"]
    assert needed <= pod["terminationGracePeriodSeconds"] <= needed + 10


def test_every_secret_that_there_is_a_setting_for_is_in_the_example() -> None:
    example = set(document("Secret", "asset-forge")["stringData"])
    assert secret_variables() | {"DATABASE_URL"} <= example


def test_no_secret_is_in_another_manifest() -> None:
    for name in DEPLOYMENTS:
        named = {one["name"] for one in container(name)["env"]}
        assert not named & secret_variables()
    config = set(document("ConfigMap", "asset-forge")["data"])
    assert not config & (secret_variables() | {"DATABASE_URL"})


def test_the_migration_gets_the_database_and_no_other_secret() -> None:
    (found,) = document("Job", "asset-forge-migrate")["spec"]["template"]["spec"]["containers"]
    assert found["command"] == ["asset-forge", "migrate"]
    (variable,) = found["env"]
    reference = variable["valueFrom"]["secretKeyRef"]
    assert reference["key"] == variable["name"] == "DATABASE_URL"
    assert reference["key"] in document("Secret", reference["name"])["stringData"]


def test_selectors_select_what_they_mean_and_nothing_else() -> None:
    labels = {one["metadata"]["name"]: one["spec"]["template"]["metadata"]["labels"]
              for one in pods()}  # fmt: skip

    def selected(selector: dict[str, str]) -> set[str]:
        return {name for name, have in labels.items() if selector.items() <= have.items()}

    for name in DEPLOYMENTS:
        assert selected(document("Deployment", name)["spec"]["selector"]["matchLabels"]) == {name}
        assert selected(document("Service", name)["spec"]["selector"]) == {name}
    budget = document("PodDisruptionBudget", "asset-forge")["spec"]
    assert selected(budget["selector"]["matchLabels"]) == {"asset-forge"}
    assert document("Deployment", "asset-forge")["spec"]["replicas"] > budget["maxUnavailable"]
    assert selected({"app": "asset-forge"}) == set(DEPLOYMENTS)  # what the runbooks ask for


@pytest.mark.parametrize("name", [one["metadata"]["name"] for one in pods()])
def test_a_container_can_do_no_more_than_it_needs(name: str) -> None:
    (found,) = (one for one in pods() if one["metadata"]["name"] == name)
    pod = found["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] >= 10000
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    (container_,) = pod["containers"]
    assert container_["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} <= set(container_["resources"])
    assert container_["image"] == f"asset-forge:{__version__}"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_all_that_it_writes_is_on_a_volume(name: str) -> None:
    settings = load_settings(variables(name))
    mounts = {one["mountPath"]: one["name"] for one in container(name)["volumeMounts"]}
    pod = document("Deployment", name)["spec"]["template"]["spec"]
    assert set(mounts) == {str(settings.data_dir), str(settings.metrics_dir), "/tmp"}
    assert {one["name"] for one in pod["volumes"]} == set(mounts.values())
    assert all("emptyDir" in one for one in pod["volumes"])
