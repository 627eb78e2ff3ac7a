"""Attributes by the names that OpenTelemetry's semantic conventions give them."""

from __future__ import annotations

from ._trace import AttributeValue

__all__ = ["database_attributes", "generation_attributes", "storage_attributes"]


def database_attributes(
    system: str, operation: str, table: str = "", *, query: str = "", database: str = ""
) -> dict[str, AttributeValue]:
    """Attributes of a query's span: ``system`` is `sqlite` or `postgresql`, ``operation`` such as
    `select`.

    ``query`` is the statement with its placeholders, never with its parameters. The span's name is
    "{operation} {table}", its kind `client`.
    """
    found: dict[str, AttributeValue] = {"db.system.name": system, "db.operation.name": operation}
    if table:
        found["db.collection.name"] = table
    if database:
        found["db.namespace"] = database
    if query:
        found["db.query.text"] = query
    return found


def generation_attributes(
    provider: str,
    *,
    model: str = "",
    operation: str = "generate_content",
    server: str = "",
    **parameters: str | float,
) -> dict[str, AttributeValue]:
    """Attributes of a provider call's span (GenAI conventions); ``parameters`` become
    `gen_ai.request.…`.

    The span's name is "{operation} {model}", its kind `client`. Prompts and results do not belong
    here: they are shown only under `gen_ai.input.messages` and `gen_ai.output.messages`, and only
    by a reader that was told to include them. What is known after the call is set on the span:
    `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens`, `gen_ai.response.id`,
    `gen_ai.response.model`.
    """
    found: dict[str, AttributeValue] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
    }
    if model:
        found["gen_ai.request.model"] = model
    if server:
        found["server.address"] = server
    for name, value in parameters.items():
        found[f"gen_ai.request.{name}"] = value
    return found


def storage_attributes(
    system: str, operation: str, key: str = "", *, size_bytes: int | None = None
) -> dict[str, AttributeValue]:
    """Attributes of an object store operation's span: ``system`` is `file`, `s3`, `gcs` or `azure`.

    The conventions know S3's only; `aws.s3.key` is used for it, `object_store.…` for the rest. The
    span's name is "{operation} object", its kind `client`.
    """
    found: dict[str, AttributeValue] = {
        "object_store.system": system,
        "object_store.operation": operation,
    }
    if key:
        found["aws.s3.key" if system == "s3" else "object_store.path"] = key
    if size_bytes is not None:
        found["object_store.size_bytes"] = size_bytes
    return found
