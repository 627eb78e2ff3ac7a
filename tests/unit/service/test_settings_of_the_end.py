"""How long a process that is told to end waits for what runs."""

from __future__ import annotations

import pytest

from asset_forge.settings import load_settings

PAYING = {"ELEVENLABS_API_KEY": "of-a-provider"}


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, 25.0),
        (PAYING, 190.0),
        (PAYING | {"PROVIDER_REQUEST_SECONDS": "300"}, 310.0),
        (PAYING | {"PROVIDER_REQUEST_SECONDS": "5"}, 25.0),
        (PAYING | {"PROVIDER_REQUEST_SECONDS": "3600"}, 3600.0),
        (PAYING | {"RUN_JOBS": "false"}, 25.0),
        (PAYING | {"GRACE_SECONDS": "7"}, 7.0),
        ({"GRACE_SECONDS": "0"}, 0.0),
    ],
)
def test_the_grace_covers_a_paid_request_where_there_can_be_one(
    variables: dict[str, str], seconds: float
) -> None:
    assert load_settings(variables).effective_grace_seconds == seconds
