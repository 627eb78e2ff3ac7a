"""Keys of stored files: made of ids alone, so that no name can lead anywhere."""

from __future__ import annotations

from typing import Final

from asset_forge.ids import is_id, new_id

PREFIX: Final = "assets"


def new_key(holder_id: str) -> str:
    """Return a key that was never used, for the file of an asset or of a generation.

    Two attempts at the same thing write to different keys, so that neither overwrites what the
    other's record describes.
    """
    return f"{PREFIX}/{holder_id}.{new_id()[-12:]}"


def run_key(generation_id: str, run: int) -> str:
    """Return the key of what one run of a generation's job makes; no two runs share one."""
    return f"{PREFIX}/{generation_id}.run-{run}"


def claim_key(generation_id: str, claim: str) -> str:
    """Return the key of what a paid request of a generation's job answered; one writer has it."""
    return f"{PREFIX}/{generation_id}.{claim}"


def holder_of(key: str) -> str | None:
    """Return the id of the asset or generation that a key was made for; None for other keys."""
    holder = key.removeprefix(f"{PREFIX}/").partition(".")[0]
    return holder if is_id(holder) else None
