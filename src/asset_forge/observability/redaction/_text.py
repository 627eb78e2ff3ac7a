"""Strikes secrets out of free text: messages, URLs, header lines, query strings, form bodies,
reprs, source lines.
 Every pattern needs time linear in the text: it starts at a literal or a word start and gives
nothing back (possessive quantifiers), or is bounded in length.
"""

from __future__ import annotations

import re

from ._keys import Kind, classify

__all__ = ["REDACTED", "scrub"]

REDACTED = "[redacted]"

_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)", re.DOTALL
)
_URL_PASSWORD = re.compile(r"://[^\s/?#@:'\"<>]{0,256}:[^\s/'\"<>]{1,1024}@")
_URL_USER = re.compile(r"://[^\s/?#'\"<>]{1,1024}@")
_JWT = re.compile(r"(?<![A-Za-z0-9])eyJ[\w\-]{4,}+(?:\.[\w\-]*+){1,4}")
_SCHEME = re.compile(
    r"\b(Bearer|Basic|Negotiate)(\s{1,4}+)([A-Za-z0-9._~+/=\-]{6,}+)", re.IGNORECASE
)
_QUERY_KEY = re.compile(r"(?<=[?&])key=[^\s&#\"'<>]++")
_CARD = re.compile(r"[2-6](?<![\w.].)(?:[ \-]?\d){12,18}(?!\w)")

_VENDOR = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|pk|rk)[-_][A-Za-z0-9_\-]{16,}+"  # OpenAI, Anthropic, Stripe, ElevenLabs
    r"|(?:msy|ghp|gho|ghu|ghs|ghr|github_pat|glpat|hf|npm|whsec|r8|gsk|xai|pplx|shpat|dop_v1|sntrys|sntryu|phx|phc)"
    r"[-_][A-Za-z0-9_\-=/+]{16,}+"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|xox[abeoprs]-[A-Za-z0-9\-]{10,}+"
    r"|AIza[A-Za-z0-9_\-]{30,}+"
    r"|SG\.[A-Za-z0-9_\-]{16,}+\.[A-Za-z0-9_\-]{16,}+"
    r"|pypi-[A-Za-z0-9_\-]{16,}+"
    r"|ya29\.[A-Za-z0-9_\-]{16,}+"
    r"|[0-9a-f]{32}-us[0-9]{1,2}(?![0-9])"
    r")"
)

# A word, perhaps quoted, and what makes it a key. The value is looked at only if the word names a
# secret.
_KEY = re.compile(
    r"(?<![A-Za-z0-9_.\-])(?P<key>[A-Za-z0-9_.\-]++)"
    r"(?:(?P<quote>\\{0,7}[\"'])(?P<sep>\]?\s{0,8}+(?:=>|[:=,])\s{0,8}+)|(?:\]|%5[Dd])?\s{0,3}+(?:=>|[:=](?![:=])|%3[Dd])\s{0,8}+)"
)
_QUOTED = re.compile(
    r"(?P<open>[bru]{0,2}(?P<quote>[\"']))(?P<inside>(?:(?!(?P=quote))[^\\]|\\.)*+)", re.DOTALL
)
_ESCAPED_QUOTED = re.compile(r"(?P<open>\\{1,7}[\"']).*?(?P<close>(?P=open)|\Z)", re.DOTALL)
_VALUE_KEY = re.compile(r"\\{0,7}[\"']value\\{0,7}[\"']\s{0,8}+:\s{0,8}+", re.IGNORECASE)
_ANY_KEY = re.compile(r"\\{0,7}[\"'][A-Za-z0-9_.\-]{1,64}+\\{0,7}[\"']\s{0,8}+:")
_NESTED = re.compile(r"[\[{(].*", re.DOTALL)
_BARE = re.compile(
    r"(?:(?:Bearer|Basic|Token|Digest|Negotiate|ApiKey)\s++)?[^\s&;\"'<>]++", re.IGNORECASE
)
_LINE = re.compile(r"[^\r\n\"']++")
_NOTHING = re.compile(
    r"(?:None|null|nil|true|false|undefined|\"\"|''|\[\]|\{\}|\(\)|\[redacted\])(?![A-Za-z0-9_\-])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\"']?-?\d[\d_.,]*+[\"']?(?![A-Za-z0-9_\-])")


def scrub(text: str, *, prompts: bool = False) -> str:
    """``text`` with :data:`REDACTED` in place of each secret; ``prompts`` strikes out quoted
    prompts as well.
    """
    if "-----BEGIN" in text:
        text = _PEM.sub(REDACTED, text)
    if "://" in text and "@" in text:
        text = _URL_PASSWORD.sub(f"://{REDACTED}@", text)
        text = _URL_USER.sub(f"://{REDACTED}@", text)
    if ":" in text or "=" in text or "," in text or "%3" in text:
        text = _scrub_pairs(text, prompts=prompts)
        text = _QUERY_KEY.sub(f"key={REDACTED}", text)
    if "eyJ" in text:
        text = _JWT.sub(REDACTED, text)
    if len(text) >= 12:
        if " " in text:
            text = _SCHEME.sub(_scheme, text)
        if _may_hold_a_key(text):
            text = _VENDOR.sub(REDACTED, text)
        text = _CARD.sub(_card, text)
    return text


def _may_hold_a_key(text: str) -> bool:
    """Spares most text the slowest pattern; written out, as a loop costs more than the pattern."""
    return (
        "_" in text
        or "k-" in text
        or "AKIA" in text
        or "ASIA" in text
        or "xox" in text
        or "AIza" in text
        or "glpat-" in text
        or "SG." in text
        or "pypi-" in text
        or "ya29." in text
        or "-us" in text
    )


def _scheme(match: re.Match[str]) -> str:
    word = match[3]
    prose = word.rstrip(".").isalpha() and (word.islower() or word.istitle()) and len(word) < 20
    return match[0] if prose else f"{match[1]}{match[2]}{REDACTED}"


def _card(match: re.Match[str]) -> str:
    digits = [int(character) for character in match[0] if character.isdigit()]
    return REDACTED if _luhn(digits) else match[0]


def _luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _scrub_pairs(text: str, *, prompts: bool) -> str:
    pieces: list[str] = []
    done = 0
    for match in _KEY.finditer(text):
        start = match.end()
        if match.start() < done:
            continue
        kind = classify(match["key"])
        if kind is Kind.PLAIN or (kind is Kind.PROMPT and not prompts):
            continue
        if kind is not Kind.SECRET and match["sep"] and "," in match["sep"]:
            continue
        if match["sep"] and "," in match["sep"]:  # a pair, or 'name': 'cookie', 'value': …
            if found := _VALUE_KEY.match(text, start):
                start = found.end()
            elif _ANY_KEY.match(text, start):
                continue
        start, end = _value(text, start, match["key"], kind)
        if end > start:
            pieces += (text[done:start], REDACTED)
            done = end
    if not pieces:
        return text
    pieces.append(text[done:])
    return "".join(pieces)


def _value(text: str, start: int, key: str, kind: Kind) -> tuple[int, int]:
    """From where to where the value that begins at ``start`` is struck out; nothing if it is to
    stay.
    """
    stays = (start, start)
    if start >= len(text) or _NOTHING.match(text, start):
        return stays
    if kind is Kind.COUNT and _NUMBER.match(text, start):
        return stays
    if match := _ESCAPED_QUOTED.match(text, start):
        return match.end("open"), match.start("close")
    if match := _QUOTED.match(text, start):
        return match.end("open"), match.end("inside")
    if kind is not Kind.SECRET:
        return stays
    if "cookie" in key.lower():
        pattern = _LINE
    else:
        pattern = _NESTED if text[start] in "[{(" else _BARE
    match = pattern.match(text, start)
    return match.span() if match else stays
