"""The form of an upload: what it may have, how it is described, and what its fields say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)

from asset_forge.asset_types import AssetType
from asset_forge.assets import TAG_LIMIT, TAGS_LIMIT, UploadDetails
from asset_forge.faults import InvalidRequest

FIELDS: Final = ("name", "type", "projectId", "description", "tags")


def _string(description: str) -> Schema:
    return Schema(type=OpenAPIType.STRING, description=description)


@dataclass
class UploadOperation(Operation):
    """Describes the form, which the handler reads by itself as it comes in."""

    def __post_init__(self) -> None:
        tags = Schema(
            type=OpenAPIType.ARRAY,
            items=Schema(type=OpenAPIType.STRING, min_length=1, max_length=TAG_LIMIT),
            max_items=TAGS_LIMIT,
            description="Repeat the field, or separate tags by commas",
        )
        schema = Schema(
            type=OpenAPIType.OBJECT,
            required=["file", "type"],
            properties={
                "file": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY),
                "type": Schema(type=OpenAPIType.STRING, enum=[kind.value for kind in AssetType]),
                "name": _string("Taken from the file's own name unless given"),
                "description": _string("What it is, in words to find it by"),
                "projectId": _string("A project that you can see"),
                "tags": tags,
            },
        )
        self.request_body = RequestBody(
            required=True, content={"multipart/form-data": OpenAPIMediaType(schema=schema)}
        )


def details_of(fields: dict[str, list[str]]) -> UploadDetails:
    """Return what the form's text fields say about the file.

    Raises:
        InvalidRequest: The type is missing or unknown, or a field is there twice.
    """
    for name, values in fields.items():
        if len(values) > 1 and name != "tags":
            raise InvalidRequest(f"is there {len(values)} times; give it once", field=name)
    single = {name: values[0] for name, values in fields.items()}
    tags = [tag for value in fields.get("tags", ()) for tag in value.split(",") if tag.strip()]
    return UploadDetails(
        type=_asset_type(single.get("type")),
        name=single.get("name"),
        project_id=single.get("projectId") or None,
        description=single.get("description", ""),
        tags=tags,
    )


def _asset_type(value: str | None) -> AssetType:
    allowed = ", ".join(AssetType)
    if value is None:
        raise InvalidRequest(f"is missing; give one of {allowed}", field="type")
    try:
        return AssetType(value.strip())
    except ValueError:
        raise InvalidRequest(f"is {value[:50]!r}; allowed are {allowed}", field="type") from None
