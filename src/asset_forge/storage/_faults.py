"""What can go wrong with stored bytes, told apart by what has to be done about it."""

from __future__ import annotations

import errno
import re

from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

from asset_forge import faults

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFull(faults.QuotaExceeded):
    """The volume has no room left for the bytes (507)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, scope="system")


class StorageUnavailable(faults.Unavailable):
    """The storage does not take or give bytes at the moment (503)."""


class ObjectMissing(Exception):
    """There is no object of this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the storage has no object {key!r}")
        self.key = key


class DamagedObject(Exception):
    """The bytes that came are not those that were announced; nothing was stored."""


def classify(error: BaseException, *, doing: str, place: str) -> Exception:
    """Return the fault that an error of the storage stands for.

    A local store's errors carry the operating system's number, as `OSError.errno` or, from
    obstore, as `(os error 28)` in the text. `doing` is the verb, `place` names the store.
    """
    number = _number(error)
    if number in _FULL:
        return StorageFull(
            f"cannot {doing} in {place}: {errno.errorcode[number]}, no room is left. Free space on "
            "the volume, or point STORAGE_URL or ASSET_FORGE_DATA_DIR at a larger one"
        )
    if number is not None:
        name = errno.errorcode.get(number, str(number))
        hint = _HINTS.get(number, "Check the volume that STORAGE_URL points at")
        return StorageUnavailable(f"cannot {doing} in {place}: {name}. {hint}")
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        return StorageUnavailable(
            f"cannot {doing} in {place}: the credentials are refused or may not {doing} there. "
            "Check the credentials and the bucket of STORAGE_URL"
        )
    return StorageUnavailable(
        f"cannot {doing} in {place}: the store failed ({type(error).__name__}). "
        "Check that the store of STORAGE_URL is reachable"
    )


_HINTS = {
    errno.EROFS: "The volume is read-only: remount it writable",
    errno.EACCES: "Give the service's user the right to write in that directory",
    errno.EPERM: "Give the service's user the right to write in that directory",
    errno.EIO: "The disk reports a hardware fault: check it before anything else",
    errno.EMFILE: "The process has no file descriptor left: raise its `ulimit -n`",
    errno.ENFILE: "The machine has no file descriptor left: raise fs.file-max",
}


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _OS_ERROR.search(str(error))
    return int(found.group(1)) if found else None
