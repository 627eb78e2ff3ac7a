from __future__ import annotations

import errno
import logging

import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from asset_forge.storage import StorageFull, StorageUnavailable
from asset_forge.storage._faults import classify


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_is_told_from_other_faults(number: int) -> None:
    for error in (OSError(number, "x"), GenericError(f"Generic: x (os error {number})\n\nDebug")):
        fault = classify(error, operation="put", place="/data")
        assert isinstance(fault, StorageFull)
        assert errno.errorcode[number] in fault.message


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.EROFS, "remount"),
        (errno.EACCES, "right to write"),
        (errno.EIO, "hardware"),
        (errno.EMFILE, "ulimit"),
        (errno.EBUSY, "STORAGE_URL"),
    ],
)
def test_each_fault_comes_with_what_to_do(number: int, fix: str) -> None:
    fault = classify(OSError(number, "x"), operation="get", place="/data")
    assert isinstance(fault, StorageUnavailable)
    assert fix in fault.message
    assert errno.errorcode[number] in fault.message


def test_refused_credentials_are_named_as_such() -> None:
    fault = classify(PermissionDeniedError("403 AKIA123"), operation="put", place="s3://b")
    assert "credentials" in fault.message
    assert "AKIA123" not in fault.message


def test_the_place_is_for_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        fault = classify(OSError(errno.EIO, "x"), operation="get", place="/secret/place")
    assert "/secret/place" not in fault.message
    assert "/secret/place" in caplog.text
