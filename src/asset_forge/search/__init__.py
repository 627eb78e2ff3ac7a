"""Finding assets by what is said about them."""

from __future__ import annotations

from ._full_text import FullTextIndex, NotIndexed
from ._service import AssetIndex, SearchService

__all__ = ["AssetIndex", "FullTextIndex", "NotIndexed", "SearchService"]
