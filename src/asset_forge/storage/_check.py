"""The bytes of an object on their way in: counted, hashed and held against what was announced."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ._faults import DamagedObject


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: its size in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


class Check:
    """Counts and hashes what passes; `failure` keeps what the source raised as it was."""

    def __init__(self, length: int | None, sha256: str | None) -> None:
        self.expected_length = length
        self._expected_sha256 = sha256
        self._hash = hashlib.sha256()
        self._size = 0
        self.failure: Exception | None = None
        self.passed = False

    def update(self, piece: bytes) -> None:
        self._size += len(piece)
        self._hash.update(piece)
        if self.expected_length is not None and self._size > self.expected_length:
            raise DamagedObject(f"more than the announced {self.expected_length} bytes came")

    def finish(self) -> None:
        if self.expected_length not in (None, self._size):
            raise DamagedObject(
                f"{self._size} bytes came, {self.expected_length} were announced: it was cut short"
            )
        if self._expected_sha256 not in (None, self._hash.hexdigest()):
            raise DamagedObject(
                f"the SHA-256 is {self._hash.hexdigest()}, announced was {self._expected_sha256}"
            )
        self.passed = True

    def stored(self) -> Stored:
        return Stored(size=self._size, sha256=self._hash.hexdigest())
