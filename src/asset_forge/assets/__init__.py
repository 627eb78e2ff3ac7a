"""Asset records, projects, and how much storage they take."""

from __future__ import annotations

from ._formats import MEDIA_TYPES, FileFormat, FileType, Inspector
from ._generated import GeneratedAsset, GeneratedAssets, StagedFile
from ._paging import Page
from ._records import AssetChanges, AssetFilter, Download
from ._service import AssetService
from ._sweep import sweep_orphans
from ._telemetry import DECLARATIONS, measure_storage
from ._texts import clean_description, clean_name, clean_tags
from ._uploads import IncomingFile, UploadDetails

__all__ = [
    "DECLARATIONS",
    "MEDIA_TYPES",
    "AssetChanges",
    "AssetFilter",
    "AssetService",
    "Download",
    "FileFormat",
    "FileType",
    "GeneratedAsset",
    "GeneratedAssets",
    "IncomingFile",
    "Inspector",
    "Page",
    "StagedFile",
    "UploadDetails",
    "clean_description",
    "clean_name",
    "clean_tags",
    "measure_storage",
    "sweep_orphans",
]
