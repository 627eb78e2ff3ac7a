"""One redactor for logs, errors and traces: secrets go by the name of their key and by how their
value looks.

redactor = Redactor(known_secrets=[settings.openai_api_key])
redactor.value({"user": "ada", "apiKey": "sk-…"})   # {"user": "ada", "apiKey": "[redacted]"}
redactor.text("GET /file?X-Amz-Signature=4f2a…")    # "GET /file?X-Amz-Signature=[redacted]"
"""

from __future__ import annotations

from ._keys import Kind, classify
from ._redactor import Json, Limits, Redactor
from ._text import REDACTED

__all__ = ["REDACTED", "Json", "Kind", "Limits", "Redactor", "classify"]
