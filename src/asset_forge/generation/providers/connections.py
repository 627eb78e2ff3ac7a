"""How the vendors' HTTP clients connect."""

from __future__ import annotations

from typing import Final

CONNECT_SECONDS: Final = 10.0

KEPT_CONNECTIONS: Final = 0
"""How many idle connections a client keeps: each request goes over one of its own.

A server closes what was idle for a while, at a moment that the client cannot know; whether a paid
request that meets this moment was executed stays unknown, and a download that does counts as
failed. A new connection costs some milliseconds before work that takes seconds.
"""
