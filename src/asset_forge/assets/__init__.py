"""Asset records, projects, and how much storage they take."""

from __future__ import annotations

from ._access import visible_assets
from ._formats import MEDIA_TYPES, FileFormat, FileType, Inspector
from ._generated import GeneratedAsset, GeneratedAssets, StagedFile
from ._paging import PAGE_LIMIT, Page, check_page
from ._projects import ProjectChanges, ProjectService, ProjectUsage
from ._records import AssetChanges, AssetFilter, Download
from ._search import SearchService
from ._service import AssetService
from ._sweep import sweep_orphans
from ._telemetry import measure_storage
from ._texts import (
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    TAG_LIMIT,
    TAGS_LIMIT,
    clean_description,
    clean_name,
    clean_tags,
)
from ._uploads import IncomingFile, UploadDetails

__all__ = [
    "DESCRIPTION_LIMIT",
    "MEDIA_TYPES",
    "NAME_LIMIT",
    "PAGE_LIMIT",
    "TAGS_LIMIT",
    "TAG_LIMIT",
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
    "ProjectChanges",
    "ProjectService",
    "ProjectUsage",
    "SearchService",
    "StagedFile",
    "UploadDetails",
    "check_page",
    "clean_description",
    "clean_name",
    "clean_tags",
    "measure_storage",
    "sweep_orphans",
    "visible_assets",
]
