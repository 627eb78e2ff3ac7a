"""Pages of a list, newest first; a cursor is the last id that was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from asset_forge.faults import InvalidRequest
from asset_forge.ids import is_id

T = TypeVar("T")

PAGE_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the cursor for the next page; None at the end."""

    items: list[T]
    next_cursor: str | None


def check_page(limit: int, cursor: str | None) -> None:
    """Refuse a limit or a cursor that cannot be used.

    Raises:
        InvalidRequest: The limit is not within 1 to 100, or the cursor is not one of ours.
    """
    if not 1 <= limit <= PAGE_LIMIT:
        raise InvalidRequest(f"is {limit}, allowed are 1 to {PAGE_LIMIT}", field="limit")
    if cursor is not None and not is_id(cursor):
        raise InvalidRequest(
            "is none of ours; give the nextCursor of the page before, as it came", field="cursor"
        )
