"""What can go wrong with stored bytes, told apart by what has to be done about it."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Mapping
from typing import Final

from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

from asset_forge import faults
from asset_forge.catalog import StorageFailure, StorageOperation

_log = logging.getLogger(__name__)

_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")
_STATUS: Final = re.compile(r"\bstatus(?: code)?: (\d{3})\b")
_VENDOR_CODE: Final = re.compile(r"<Code>(\w{1,64})</Code>")
_CLIENT_KIND: Final = re.compile(r"\bkind: (Connect|Timeout|Interrupted|Request|Decode)\b")
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_CODES: Final = frozenset(
    {
        "QuotaExceeded",
        "StorageFull",
        "XMinioStorageFull",
        "XMinioAdminBucketQuotaExceeded",
        "AccountStorageQuotaExceeded",
    }
)
"""What Ceph, MinIO and others answer where their volume or the bucket's quota is used up."""
_THROTTLED_CODES: Final = frozenset({"SlowDown", "TooManyRequests", "Throttling", "ServerBusy"})


class StorageFull(faults.QuotaExceeded):
    """The store has no room left for the bytes (507)."""

    code: StorageFailure = "full"

    def __init__(self, message: str) -> None:
        super().__init__(message, scope="system")


class StorageUnavailable(faults.Unavailable):
    """The storage does not take or give bytes at the moment (503); `code` names the cause."""

    def __init__(self, message: str, *, code: StorageFailure = "other") -> None:
        super().__init__(message)
        self.code: StorageFailure = code


class ObjectMissing(Exception):
    """There is no object of this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the storage has no object {key!r}")
        self.key = key


class DamagedObject(Exception):
    """The bytes that came are not those that were announced; nothing was stored."""


def classify(
    error: BaseException, *, operation: StorageOperation, place: str
) -> StorageFull | StorageUnavailable:
    """Return the fault that an error of the storage stands for; the error itself is logged.

    A local store's errors carry the operating system's number, as `OSError.errno` or, from
    obstore, as `(os error 28)` in the text. A remote store's carry the status, the vendor's code
    and the kind of the client's error in the text. `place` names the store and is for the log
    alone, since faults are shown to whoever sent the request.
    """
    doing = _VERBS[operation]
    text = str(error)
    _log.warning("cannot %s in the storage %s: %s", doing, place, _shown(error))
    number = None if "://" in place else _number(error)
    if number in _NO_ROOM:
        return StorageFull(
            f"The storage cannot {doing}: {errno.errorcode[number]}, no room is left. An operator "
            "has to free space on its volume, or to point STORAGE_URL or ASSET_FORGE_DATA_DIR at a "
            "larger one"
        )
    if number is not None:
        cause = errno.errorcode.get(number, f"error {number}")
        hint = _LOCAL_HINTS.get(number, "check the volume that STORAGE_URL points at")
        return StorageUnavailable(
            f"The storage cannot {doing}: {cause}. An operator has to {hint}", code="io"
        )
    code = code_of(error)
    if code == "full":
        return StorageFull(
            f"The storage cannot {doing}: no room is left in it. An operator has to raise the "
            "quota of STORAGE_URL's bucket, or to free space there"
        )
    said = _VENDOR_CODE.search(text)
    cause, hint = _REMOTE[code]
    named = f" ({said[1]})" if said else ""
    return StorageUnavailable(
        f"The storage cannot {doing}: {cause}{named}. An operator has to {hint}", code=code
    )


def code_of(error: BaseException) -> StorageFailure:
    """Return what kind of failure an error of a remote store's client is."""
    if isinstance(error, TimeoutError):
        return "timeout"
    text = str(error)
    vendor = _VENDOR_CODE.search(text)
    status = _STATUS.search(text)
    number = int(status[1]) if status else 0
    if (vendor and vendor[1] in _FULL_CODES) or number == 507:
        return "full"
    if is_missing_bucket(error):
        return "no_bucket"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or number in (401, 403):
        return "denied"
    if number == 429 or (vendor and vendor[1] in _THROTTLED_CODES):
        return "throttled"
    if number >= 500:
        return "server_error"
    kind = _CLIENT_KIND.search(text)
    if kind and number == 0:
        return "timeout" if kind[1] == "Timeout" else "unreachable"
    return "other"


def is_missing_bucket(error: BaseException) -> bool:
    """Say whether a store answered that the bucket itself is not there."""
    return "NoSuchBucket" in str(error) or "ContainerNotFound" in str(error)


_VERBS: Final[Mapping[StorageOperation, str]] = {
    "put": "write",
    "get": "read",
    "head": "read",
    "delete": "delete",
    "list": "list",
    "sign": "sign",
    "check": "be used",
}
_REMOTE: Final[Mapping[StorageFailure, tuple[str, str]]] = {
    "denied": ("it is not allowed to", "check the credentials and the bucket of STORAGE_URL"),
    "no_bucket": ("there is no such bucket", "create the bucket of STORAGE_URL, or correct it"),
    "throttled": ("it is asked too often", "wait, or to raise the store's limits"),
    "server_error": ("the store failed", "look at the status of the store of STORAGE_URL"),
    "unreachable": ("it cannot be reached", "check that the store of STORAGE_URL can be reached"),
    "timeout": ("it did not answer in time", "check that the store of STORAGE_URL can be reached"),
    "other": ("the store failed", "look for the cause in the log"),
}
_RIGHTS: Final = "give the service's user the right to write in the storage's directory"
_LOCAL_HINTS: Final = {
    errno.EROFS: "remount the storage's volume writable",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EIO: "check the disk, which reports a hardware fault",
    errno.EMFILE: "raise the process's limit of open files (`ulimit -n`)",
    errno.ENFILE: "raise the machine's limit of open files (fs.file-max)",
}


def _shown(error: BaseException) -> str:
    """Return the line of an error that says what happened, with the vendor's code."""
    first = str(error).partition("\n")[0] or type(error).__name__
    code = _VENDOR_CODE.search(str(error))
    return first if code is None or code[1] in first else f"{first} ({code[1]})"


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _OS_ERROR.search(str(error))
    return int(found.group(1)) if found else None
