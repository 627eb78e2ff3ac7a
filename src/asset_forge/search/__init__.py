"""Finding assets by what is said about them."""

from __future__ import annotations

from ._full_text import FullTextIndex, NotIndexed
from ._index import AssetIndex

__all__ = ["AssetIndex", "FullTextIndex", "NotIndexed"]
