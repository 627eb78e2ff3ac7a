"""What the redactor removes, what it leaves, and that nothing upsets it."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import math
import uuid
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.redaction import REDACTED, Kind, Limits, Redactor, classify

SECRET = "Zq8xT3nB6vM1kR9w"

SECRET_KEYS = [
    "password", "PASSWORD", "passWord", "db_password", "passwordHash", "user-password", "token",
    "apiToken", "access_token", "TOKEN", "refreshToken", "idToken", "secret", "client_secret",
    "ClientSecret", "secrets", "apiKey", "api_key", "API_KEY", "x-api-key", "xi-api-key",
    "XI-API-KEY", "openai_key", "ANTHROPIC_API_KEY", "authorization", "Authorization",
    "Proxy-Authorization", "cookie", "Set-Cookie", "set_cookie", "dsn", "SENTRY_DSN",
    "private_key", "privateKey", "PrivateKeyPem", "session", "session_id", "sessionId",
    "sessionid", "JSESSIONID", "X-Amz-Signature", "x-amz-security-token", "AWSAccessKeyId",
    "credentials", "sig", "signature", "jwt", "bearer", "csrf_token", "X-CSRF-Token",
    "passphrase", "pwd", "auth", "connection_string", "otp", "cvv", "webhookSecret",
    "encryption_key", "tokenSecret", "token2", "accesstoken", "authtoken",
]  # fmt: skip

PLAIN_KEYS = [
    "name", "path", "status", "tokens_used", "tokens_per_second", "token_count", "token_type",
    "tokenCount", "session_duration_seconds", "sessions", "user_active_sessions", "key",
    "cache_key", "primary_key", "idempotency_key", "keyboard", "author", "authority",
    "passenger", "compass", "monkey", "secretary", "secret_name", "cookie_count", "public_key",
    "bypass", "passed", "signal", "design", "assigned", "prompt_count", "password_policy",
    "expires_in", "token_limit",
]  # fmt: skip


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_a_key_that_names_a_secret_hides_its_value(key: str) -> None:
    assert Redactor().value({key: SECRET}) == {key: REDACTED}


@pytest.mark.parametrize("key", PLAIN_KEYS)
def test_a_key_that_only_resembles_one_hides_nothing(key: str) -> None:
    assert classify(key) is Kind.PLAIN
    assert Redactor().value({key: "ordinary"}) == {key: "ordinary"}


@pytest.mark.parametrize("key", ["max_tokens", "prompt_tokens", "totalTokens", "tokens"])
def test_counts_of_tokens_stay_and_lists_of_tokens_do_not(key: str) -> None:
    redactor = Redactor()

    assert redactor.value({key: 4096}) == {key: 4096}
    assert redactor.value({key: "4096"}) == {key: "4096"}
    assert redactor.value({key: {"cached": 3}}) == {key: {"cached": 3}}
    assert redactor.value({key: [SECRET, 7]}) == {key: [REDACTED, 7]}
    assert redactor.text(f"{key}=4096, model=x") == f"{key}=4096, model=x"


@pytest.mark.parametrize("empty", [None, True, False, ""])
def test_that_a_secret_is_missing_or_present_is_no_secret(empty: object) -> None:
    assert Redactor().value({"password": empty}) == {"password": empty}


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {SECRET}",
        f"authorization: Basic {base64.b64encode(f'user:{SECRET}'.encode()).decode()}",
        f"Cookie: theme=dark; sid={SECRET}; other={SECRET}",
        f"https://ada:{SECRET}@example.com/x",
        f"https://{SECRET}@sentry.example/1",
        f"postgresql://u:{SECRET}%23@db:5432/x?sslmode=require",
        f"https://h/x?X-Amz-Signature={SECRET}&x=1",
        f"https://h/x?a=1&sig={SECRET}",
        f"https://maps.example/x?key={SECRET}",
        f"password={SECRET}&user=ada",
        f'{{"password": "{SECRET}"',
        f"{{'password': '{SECRET}'}}",
        f'{{\\"token\\": \\"{SECRET}\\"}}',
        f"Settings(api_key='{SECRET}', n=1)",
        f"[(b'x-api-key', b'{SECRET}')]",
        f"{{'name': 'Authorization', 'value': '{SECRET}'}}",
        f"api_key => {SECRET}",
        f"credentials={{'user': 'a', 'pw': '{SECRET}'}}",
        f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}",
        f"sk-proj-{SECRET}",
        f"sk-ant-api03-{SECRET}",
        f"msy_{SECRET}",
        f"ghp_{SECRET}{SECRET}",
        f"xoxb-1234-{SECRET}",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET} and cut off",
        f"next=https%3A%2F%2Fh%2F%3Ftoken%3D{SECRET}",
        f"user[password]={SECRET}",
    ],
)
@pytest.mark.parametrize("around", ["{}", "before {} after", "x={}", "[{}]", "line\n{}\nline"])
def test_secrets_in_text_go(text: str, around: str) -> None:
    assert SECRET not in Redactor().text(around.format(text))


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/assets/01981f2e-7c1a-7bbb-8ccc-0123456789ab HTTP/1.1",
        "https://example.com/a?page=2&limit=50",
        "max_tokens=4096 prompt_tokens: 12",
        "basic information about bearer bonds",
        "the task-force risk-assessment-document-number-nine",
        "4111 1111 1111 1112 is no card",
        "1763923456789012345",
        "12:30:01 finished in 3.5 s",
        "host:8080/path",
        "password: None, token=null",
        "a@b.example wrote",
        "",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Redactor().text(text) == text


@pytest.mark.parametrize("card", ["4111111111111111", "4111 1111 1111 1111", "5500-0055-5555-5559"])
def test_card_numbers_go(card: str) -> None:
    assert Redactor().text(f"paid with {card}.") == f"paid with {REDACTED}."
    assert Redactor().value(4111111111111111) == REDACTED


def test_json_inside_text_keeps_its_form() -> None:
    clean = Redactor().value({"body": json.dumps({"a": [1, {"credentials": {"pw": SECRET}}]})})

    assert clean == {"body": f'{{"a":[1,{{"credentials":"{REDACTED}"}}]}}'}


def test_headers_are_understood_in_every_form() -> None:
    forms: list[object] = [
        {"Authorization": SECRET},
        {b"authorization": SECRET.encode()},
        [("authorization", SECRET)],
        [(b"authorization", SECRET.encode())],
        [["X-Api-Key", SECRET]],
        [{"name": "authorization", "value": SECRET}],
    ]

    assert SECRET not in json.dumps(Redactor().value(forms))


def test_known_secrets_go_in_the_encodings_in_which_they_travel() -> None:
    secret = 'pa"ss/wörd+&=ü'
    redactor = Redactor(known_secrets=[secret, "dev"])
    raw = secret.encode()
    spellings = [
        secret,
        quote(secret),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        raw.hex(),
        *(base64.b64encode(b"u" * n + b":" + raw).decode() for n in range(4)),
        *(base64.urlsafe_b64encode(b"u" * n + raw + b"more").decode() for n in range(4)),
    ]

    for spelling in spellings:
        assert REDACTED in redactor.text(f"before {spelling} after"), spelling
    assert redactor.text("dev") == "dev"


@given(
    st.binary(max_size=20),
    st.text(st.characters(codec="utf-8"), min_size=12, max_size=40),
    st.binary(max_size=20),
)
def test_a_known_secret_is_found_at_any_place_in_base64(
    before: bytes, secret: str, after: bytes
) -> None:
    secret = f"Zq8x{secret.strip()}T3nB"
    core = base64.b64encode(secret.encode())[
        4:-8
    ].decode()  # what no neighbor changes at alignment 0
    encoded = base64.b64encode(before + secret.encode() + after).decode()

    clean = Redactor(known_secrets=[secret]).text(f"({encoded})")

    assert len(before) % 3 or core not in clean
    assert REDACTED in clean


def test_a_secret_on_the_cut_is_still_found() -> None:
    limit = Limits().length

    for overhang in range(1, 16):
        text = " " * (limit - overhang) + f"{SECRET} and more " + "x" * 100
        assert SECRET[:6] not in Redactor(known_secrets=[SECRET]).text(text)


def test_prompts_are_withheld_unless_asked_for() -> None:
    event = {
        "prompt": "a rusty sword",
        "promptText": "x",
        "prompt_tokens": 3,
        "text": "R(prompt='a rusty sword')",
    }

    withheld = Redactor().value(event)
    kept = Redactor(withhold_prompts=False).value(event)

    assert "rusty" not in json.dumps(withheld)
    assert isinstance(withheld, dict)
    assert withheld["prompt_tokens"] == 3
    assert kept == event


@dataclasses.dataclass
class Plan:
    name: str
    api_key: str


class Form(msgspec.Struct):
    user: str
    password: str


class ApiToken:
    def __repr__(self) -> str:
        return SECRET


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__


class RudeMapping(dict[str, object]):
    def items(self):
        raise RuntimeError("no")


def test_objects_are_shown_by_their_fields() -> None:
    redactor = Redactor()

    assert redactor.value(Plan("a", SECRET)) == {"()": "Plan", "name": "a", "api_key": REDACTED}
    assert redactor.value(Form("a", SECRET)) == {"()": "Form", "user": "a", "password": REDACTED}
    assert SECRET not in str(redactor.value([ApiToken()]))


def test_opaque_objects_run_no_code() -> None:
    assert Redactor().value({"x": Rude()}, opaque=True) == {"x": f"<{__name__}.Rude>"}


def test_objects_that_raise_are_named_instead() -> None:
    clean = Redactor().value({"a": Rude(), "b": RudeMapping(x=1), "c": ValueError(Rude()), "d": 1})

    assert isinstance(clean, dict)
    assert clean["d"] == 1
    assert "unreadable" in str(clean["a"])
    assert "RuntimeError" in str(clean["b"])


def test_plain_types_of_the_standard_library_are_spelled_out() -> None:
    identity = uuid.UUID(int=7)
    clean = Redactor().value(
        [
            identity,
            Path("/a"),
            dt.date(2026, 1, 2),
            math.nan,
            math.inf,
            2**70,
            b"\xff",
            {3},
            {1: 2},
        ]
    )

    assert clean == [
        str(identity),
        "/a",
        "2026-01-02",
        "nan",
        "inf",
        hex(2**70),
        "\ufffd",
        [3],
        {"1": 2},
    ]


def test_cycles_end() -> None:
    loop: dict[str, object] = {"a": 1}
    loop["self"] = loop
    items: list[object] = [loop]
    items.append(items)

    assert Redactor().value(items) == [{"a": 1, "self": "[circular]"}, "[circular]"]


def test_what_is_left_out_leaves_a_note() -> None:
    redactor = Redactor(limits=Limits(depth=2, width=3, length=40, nodes=50, total_length=500))

    assert redactor.value(list(range(9))) == [0, 1, "… 7 more"]
    assert redactor.value({str(n): n for n in range(9)}) == {"0": 0, "1": 1, "…": "7 more"}
    assert redactor.value({"a": {"b": {"c": 1}}}) == {"a": {"b": "[too deep]"}}
    assert str(redactor.value("x" * 1000)).endswith("…[1000 characters]")


def test_wide_and_deep_data_stays_within_its_budget() -> None:
    bomb: object = "x" * 100
    for _ in range(12):
        bomb = [bomb] * 100

    encoded = json.dumps(Redactor().value(bomb))

    assert len(encoded) < 2_000_000


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "token=",
        "://",
        "\\",
        '"',
        "'",
        "1 ",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "Bearer ",
        "a.",
        "{",
        "%3D",
        "sk-",
        "x:[",
        "@:",
    ],
)
def test_ten_megabytes_of_anything_are_cut(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))

    assert len(Redactor().text(text)) <= Limits().length
    assert len(str(Redactor().value(text.encode()))) <= Limits().length


def test_lone_surrogates_are_replaced() -> None:
    clean = Redactor().value({"a\ud800": "b\udfff"})

    assert json.dumps(clean).encode()
    assert str(clean).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(JSON)
def test_anything_becomes_json_and_a_second_pass_changes_nothing(value: object) -> None:
    redactor = Redactor()

    once = redactor.value(value)

    assert msgspec.json.decode(msgspec.json.encode(once)) == once
    assert redactor.value(once) == once


FRAGMENTS = st.sampled_from(
    [
        "password", "token", "cookie", "=", ":", "'", '"', "\\", " ", "&", "{", "}", "[", "]", "(",
        ")", ",", "://", "@", "eyJ", ".", "Bearer ", "sk-", "%3D", "\n", REDACTED, "…",
        "abcdefgh12345678", "-----BEGIN PRIVATE KEY-----",
    ]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=25).map("".join))
def test_text_of_risky_pieces_is_settled_after_one_pass(text: str) -> None:
    redactor = Redactor()

    once = redactor.text(text)

    assert redactor.text(once) == once


PLANTS = st.sampled_from(
    [
        {"password": SECRET},
        [("authorization", SECRET)],
        f"Bearer {SECRET}",
        f"https://u:{SECRET}@h/",
        f"?token={SECRET}",
        json.dumps({"secret": SECRET}),
        f"api_key='{SECRET}'",
        f"sk-ant-{SECRET}",
        Plan("a", SECRET),
        ValueError(f"password={SECRET}"),
    ]
)


@given(
    st.recursive(
        PLANTS | st.text(max_size=20) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_a_secret_goes_wherever_it_is_planted(value: object) -> None:
    assert SECRET not in json.dumps(Redactor().value(value), default=str)
