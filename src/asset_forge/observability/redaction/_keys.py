"""What the name of a field, header, variable or parameter says about its value."""

from __future__ import annotations

import enum
import re
import unicodedata
from functools import lru_cache

__all__ = ["Kind", "classify"]


class Kind(enum.Enum):
    """How a value is treated because of its key."""

    PLAIN = "plain"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    COUNT = "count"
    """Numbers pass and text does not: `max_tokens` is 4096 and no secret, `tokens` may be a list of
    them.
    """
    PROMPT = "prompt"
    """What a user asked a model for: no secret, but nobody's business outside this installation."""


_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")

# fmt: off
_SECRET_WORDS = frozenset([
    "password", "passwords", "passwd", "passphrase", "pwd", "secret", "secrets", "credential",
    "credentials", "authorization", "cookie", "cookies", "dsn", "jwt", "bearer", "apikey",
    "apikeys", "otp", "totp", "csrf", "xsrf", "cvv", "cvc", "ssn", "mnemonic", "signature",
    "sig", "sid",
])
_SECRET_FRAGMENTS = [
    "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey",
    "signingkey", "encryptionkey", "secretkey", "authkey", "sessionid", "sessid", "sessionkey",
    "sessiontoken", "sessioncookie", "credential", "authorization", "cookie", "cardnumber",
    "connectionstring", "seedphrase",
]
_KEY_OWNERS = frozenset([
    "api", "access", "private", "signing", "encryption", "master", "auth", "shared", "service",
    "account", "ssh", "pgp", "gpg", "rsa", "aes", "hmac", "webhook", "deploy", "admin", "root",
    "subscription", "license", "storage", "sas", "openai", "anthropic", "claude", "elevenlabs",
    "xi", "meshy", "sentry", "stripe", "privy", "qdrant", "pagerduty", "slack",
])
_PASS_OWNERS = frozenset([
    "user", "db", "database", "smtp", "mysql", "pg", "postgres", "redis", "admin", "login",
    "root", "my",
])
_SESSION_PARTS = frozenset([
    "id", "ids", "key", "cookie", "data", "hash", "value",
])
# Such a last word makes it a statement about the secret: cookie_name, token_type,
# session_duration_seconds.
_ABOUT = frozenset([
    "count", "counts", "total", "type", "kind", "length", "size", "limit", "limits", "used",
    "usage", "budget", "cost", "price", "seconds", "ms", "bytes", "duration", "expires",
    "expiry", "expired", "ttl", "age", "at", "enabled", "required", "configured", "present",
    "provider", "policy", "name", "names", "version", "status", "valid", "algorithm", "per",
    "second", "minute", "mode",
])
_PROMPT_PARTS = frozenset([
    "text", "raw", "content", "body",
])
# fmt: on


@lru_cache(maxsize=4096)
def classify(name: str) -> Kind:
    """How to treat the value of a key spelled ``name``: camelCase, snake_case, kebab-case, any
    capitals, any affixes.
    """
    words = [word.lower() for word in _WORD.findall(unicodedata.normalize("NFKC", name[:256]))]
    if not words:
        return Kind.PLAIN
    last = words[-1]
    if len(words) > 1 and last in _ABOUT:
        return Kind.PLAIN
    squashed = "".join(words)
    if "tokens" in words or squashed.endswith("tokens"):
        return Kind.COUNT
    if "token" in words or squashed.endswith("token"):
        return Kind.PLAIN if "per" in words else Kind.SECRET
    if _names_a_secret(words, squashed):
        return Kind.SECRET
    if last in {"prompt", "prompts"} or ("prompt" in words and last in _PROMPT_PARTS):
        return Kind.PROMPT
    return Kind.PLAIN


def _names_a_secret(words: list[str], squashed: str) -> bool:
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    if any(fragment in squashed for fragment in _SECRET_FRAGMENTS):
        return "secretar" not in squashed
    last = words[-1]
    before = words[-2] if len(words) > 1 else ""
    if last in {"key", "keys"}:
        return before in _KEY_OWNERS
    if last == "pass":
        return not before or before in _PASS_OWNERS
    if last in {"session", "auth"}:
        return True
    if last == "pin":
        return not before
    if before == "auth":
        return last in {"header", "headers", "key", "string", "data"}
    return before == "session" and last in _SESSION_PARTS
