"""The variables of stores and of sign-in with Privy: read, held against each other, kept secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from asset_forge.settings import Settings, SettingsError, load_settings

S3 = {
    "STORAGE_URL": "s3://bucket/files",
    "AWS_ACCESS_KEY_ID": "the-id",
    "AWS_SECRET_ACCESS_KEY": "the-secret",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9000",
}


def faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_settings(variables)
    return refused.value.lines


def test_the_stores_variables_are_read_and_their_secrets_known() -> None:
    settings = load_settings(S3 | {"AWS_SESSION_TOKEN": "a-session", "AWS_REGION": ""})
    assert settings.remote_store
    assert settings.store_variables.keys() == {*S3, "AWS_SESSION_TOKEN"} - {"STORAGE_URL"}
    assert set(settings.secrets) == {"the-secret", "a-session"}


def test_a_directory_is_no_remote_store() -> None:
    assert not load_settings({}).remote_store
    assert not load_settings({"STORAGE_URL": "file:///var/files"}).remote_store


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"STORAGE_URL": "s3://"}, "STORAGE_URL"),
        ({"STORAGE_URL": "s3://the-id:the-secret@bucket"}, "STORAGE_URL"),
        ({"STORAGE_URL": "s3://bucket?region=x"}, "STORAGE_URL"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY"),
        ({"AWS_ACCESS_KEY_ID": ""}, "AWS_ACCESS_KEY_ID"),
        ({"AWS_ENDPOINT_URL": "minio:9000"}, "AWS_ENDPOINT_URL"),
        ({"AWS_ENDPOINT_URL_S3": "ftp://minio"}, "AWS_ENDPOINT_URL_S3"),
        ({"AWS_ENDPOINT_URL": "http://the-id:the-secret@minio"}, "AWS_ENDPOINT_URL"),
        ({"STORAGE_URL": "az://container"}, "AZURE_STORAGE_ACCOUNT_NAME"),
        (
            {
                "STORAGE_URL": "az://container",
                "AZURE_STORAGE_ACCOUNT_NAME": "account",
                "AZURE_STORAGE_ACCOUNT_KEY": "not base64!",
            },
            "AZURE_STORAGE_ACCOUNT_KEY",
        ),
    ],
)
def test_a_fault_names_its_variable_and_no_secret(variables: dict[str, str], named: str) -> None:
    (line,) = faults(**(S3 | variables))
    assert line.startswith(named)
    assert "the-secret" not in line
    assert "not base64!" not in line


def test_googles_key_has_to_be_there(tmp_path: Path) -> None:
    there = tmp_path / "key.json"
    there.write_text("{}")
    google = {"STORAGE_URL": "gs://bucket", "GOOGLE_APPLICATION_CREDENTIALS": str(there)}
    assert load_settings(google).remote_store
    there.unlink()
    (line,) = faults(**google)
    assert str(there) in line


def test_variables_of_another_store_do_not_matter() -> None:
    lonely = {"AWS_ACCESS_KEY_ID": "the-id", "AZURE_STORAGE_ACCOUNT_KEY": "not base64!"}
    assert not load_settings(lonely).remote_store


def test_only_an_object_store_can_sign() -> None:
    assert load_settings(S3 | {"SIGNED_DOWNLOAD_SECONDS": "60"}).signed_download_seconds == 60
    (line,) = faults(SIGNED_DOWNLOAD_SECONDS="60")
    assert "STORAGE_URL" in line


def test_privy_needs_its_app() -> None:
    (line,) = faults(AUTH_PROVIDERS="local,privy")
    assert line.startswith("PRIVY_APP_ID: is missing")
    settings = load_settings({"AUTH_PROVIDERS": "privy", "PRIVY_APP_ID": "cm-app"})
    assert settings.auth_providers == ("privy",)


@pytest.mark.parametrize("url", ["https://auth.example/jwks.json", "http://127.0.0.1:8000/jwks"])
def test_a_listing_of_keys_is_fetched_over_tls_or_from_this_machine(url: str) -> None:
    settings: Settings = load_settings({"PRIVY_JWKS_URL": url})
    assert settings.privy_jwks_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRIVY_JWKS_URL", "http://auth.example/jwks.json"),
        ("PRIVY_JWKS_URL", "auth.example"),
        ("PRIVY_VERIFICATION_KEY", "no key"),
    ],
)
def test_what_cannot_verify_a_token_is_refused(name: str, value: str) -> None:
    (line,) = faults(**{name: value})
    assert line.startswith(name)
