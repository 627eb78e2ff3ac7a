"""What can go wrong with stored bytes, told apart by what has to be done about it."""

from __future__ import annotations

import errno
import logging
import re

from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

from asset_forge import faults

_log = logging.getLogger(__name__)

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


def classify(error: BaseException, *, doing: str, place: str) -> StorageFull | StorageUnavailable:
    """Return the fault that an error of the storage stands for; the error itself is logged.

    A local store's errors carry the operating system's number, as `OSError.errno` or, from
    obstore, as `(os error 28)` in the text. `doing` is the verb; `place` names the store and is
    for the log alone, since faults are shown to whoever sent the request.
    """
    number = _number(error)
    _log.warning("cannot %s in the storage %s: %s", doing, place, str(error).partition("\n")[0])
    if number in _FULL:
        return StorageFull(
            f"The storage cannot {doing}: {errno.errorcode[number]}, no room is left. An operator "
            "has to free space on its volume, or to point STORAGE_URL or ASSET_FORGE_DATA_DIR at a "
            "larger one"
        )
    if number is not None:
        cause = errno.errorcode.get(number, f"error {number}")
        hint = _HINTS.get(number, "check the volume that STORAGE_URL points at")
    elif isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        cause = "it is not allowed to"
        hint = "check the credentials and the bucket of STORAGE_URL"
    else:
        cause = f"the store failed ({type(error).__name__})"
        hint = "check that the store of STORAGE_URL can be reached"
    return StorageUnavailable(f"The storage cannot {doing}: {cause}. An operator has to {hint}")


_RIGHTS = "give the service's user the right to write in the storage's directory"
_HINTS = {
    errno.EROFS: "remount the storage's volume writable",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EIO: "check the disk, which reports a hardware fault",
    errno.EMFILE: "raise the process's limit of open files (`ulimit -n`)",
    errno.ENFILE: "raise the machine's limit of open files (fs.file-max)",
}


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _OS_ERROR.search(str(error))
    return int(found.group(1)) if found else None
