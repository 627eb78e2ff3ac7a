"""What the client of the object store reads from the environment, checked before it is used.

The client is obstore's; it takes the variables under the names that the vendors gave them. Profiles
and configuration files of the vendors' own tools are not read.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

_PREFIXES: Final = ("AWS_", "GOOGLE_", "AZURE_")
_SECRETS: Final = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_SSE_CUSTOMER_KEY_BASE64",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_MASTER_KEY",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
)
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AZURE_ENDPOINT")
_ACCOUNT_KEYS: Final = (
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_MASTER_KEY",
)
_ACCOUNT_FILES: Final = (
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_PATH",
)


def store_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an environment that the client may read, without empty ones."""
    return {
        name: value.strip()
        for name, value in environment.items()
        if name.startswith(_PREFIXES) and value.strip()
    }


def store_secrets(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that may appear in no log, error or trace."""
    return tuple(variables[name] for name in _SECRETS if name in variables)


def uses_plain_http(variables: Mapping[str, str]) -> bool:
    """Say whether an endpoint without TLS is asked for, as in a private network."""
    return any(variables.get(name, "").startswith("http://") for name in _ENDPOINTS)


def store_faults(url: str, variables: Mapping[str, str]) -> list[str]:
    """Return a sentence for each fault in a store's URL and in the variables that it needs."""
    parts = urlsplit(url)
    if parts.scheme not in ("s3", "gs", "az"):
        return []
    kind = {"s3": "s3://BUCKET/PREFIX", "gs": "gs://BUCKET/PREFIX", "az": "az://CONTAINER/PREFIX"}
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        return [
            f"STORAGE_URL: must have the form {kind[parts.scheme]}, with nothing else in it; "
            "credentials have variables of their own"
        ]
    check = {"s3": _s3_faults, "gs": _google_faults, "az": _azure_faults}[parts.scheme]
    return check(variables)


def _s3_faults(variables: Mapping[str, str]) -> list[str]:
    lines = _endpoint_faults(variables, "AWS_")
    pair = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    for name, other in (pair, pair[::-1]):
        if name in variables and other not in variables:
            lines.append(f"{other}: is missing, and {name} is set; set both, or neither of them")
    return lines


def _google_faults(variables: Mapping[str, str]) -> list[str]:
    return [
        f"{name}={variables[name][:200]!r}: is no file that can be read; give the path of a "
        "service account's key"
        for name in _ACCOUNT_FILES
        if name in variables and not os.access(variables[name], os.R_OK)
    ]


def _azure_faults(variables: Mapping[str, str]) -> list[str]:
    lines = _endpoint_faults(variables, "AZURE_")
    if not {"AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_USE_EMULATOR"} & variables.keys():
        lines.append("AZURE_STORAGE_ACCOUNT_NAME: is missing; az:// names the container alone")
    for name in _ACCOUNT_KEYS:
        try:
            base64.b64decode(variables.get(name, ""), validate=True)
        except binascii.Error:
            lines.append(f"{name}: must be Base64, as the portal shows the account's key")
    return lines


def _endpoint_faults(variables: Mapping[str, str], prefix: str) -> list[str]:
    lines: list[str] = []
    for name in _ENDPOINTS:
        if name.startswith(prefix) and name in variables:
            parts = urlsplit(variables[name])
            if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
                lines.append(f"{name}: must have the form https://HOST or http://HOST:PORT")
    return lines
