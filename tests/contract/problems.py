"""What every error answer has to be: one problem document (RFC 9457)."""

from __future__ import annotations

from typing import Any

import httpx


def problem(answer: httpx.Response, status: int, *, field: str | None = None) -> dict[str, Any]:
    """Check that an answer is a whole problem document, and return it.

    Where a field is given, `errors` has to name it and the detail has to begin with it.
    """
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["type"] == "about:blank"
    assert document["title"]
    assert document["detail"]
    assert document["instance"] == answer.request.url.path[:200]
    assert document.get("requestId") == answer.headers.get("x-request-id")
    if field is not None:
        assert [error["field"] for error in document["errors"]] == [field], document
        assert document["detail"].startswith(field), document
    return document
