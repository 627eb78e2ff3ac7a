"""Finding assets by what is said about them: by words, or by meaning.

`asset_forge.search.similarity` is imported apart, and only where a vector database is configured,
since its client is an extra of the package.
"""

from __future__ import annotations

from ._full_text import FullTextIndex, NotIndexed
from ._index import AssetIndex

__all__ = ["AssetIndex", "FullTextIndex", "NotIndexed"]
