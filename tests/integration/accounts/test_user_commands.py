from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from asset_forge.cli import migrate, user
from asset_forge.database.migrations import versions

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSET_FORGE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def run(*arguments: str, typed: str = "") -> Result:
    app = typer.Typer()
    app.command("migrate")(migrate.migrate)
    app.add_typer(user.app, name="user")
    return CliRunner().invoke(app, arguments, input=typed)


def create(login: str, *options: str, password: str = PASSWORD) -> Result:
    return run(
        "user", "create", "--login", login, "--password-stdin", *options, typed=f"{password}\n"
    )


def test_migrate_says_which_revision_there_is_now() -> None:
    head = max(path.name[1:5] for path in schema_files().glob("r[0-9]*.py"))
    assert run("migrate").output == f"The database has schema revision {head}.\n"


def schema_files() -> Path:
    return Path(versions.__path__[0])


def test_created_users_are_listed() -> None:
    assert create("Ada", "--role", "operator", "--quota-bytes", "5").exit_code == 0
    assert create("bob").exit_code == 0
    rows = [line.split("\t") for line in run("user", "list").output.splitlines()]
    assert [(row[0], row[1], row[2], row[5]) for row in rows[1:]] == [
        ("ada", "operator", "5", "Ada"),
        ("bob", "member", "-", "bob"),
    ]


def test_a_password_is_asked_for_twice_and_never_shown() -> None:
    result = run("user", "create", "--login", "ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output


def test_a_disabled_user_is_listed_as_such() -> None:
    create("ada")
    assert run("user", "disable", "--login", "ADA").output == "Disabled ada.\n"
    assert run("user", "list").output.splitlines()[1].split("\t")[4] != "-"


def test_users_of_privy_are_created_and_disabled_by_their_did() -> None:
    did = "did:privy:cmX1"
    privy = ("--provider", "privy", "--login", did)
    assert run("user", "create", *privy, "--role", "operator").exit_code == 0
    row = run("user", "list").output.splitlines()[1].split("\t")
    assert (row[0], row[1], row[-1]) == (did, "operator", "privy")
    assert run("user", "disable", "--login", did).exit_code == 2
    assert run("user", "disable", *privy).output == f"Disabled {did}.\n"
    refused = run("user", "create", *privy, "--password-stdin", typed=f"{PASSWORD}\n")
    assert refused.exit_code == 2
    assert "no password" in refused.output


@pytest.mark.parametrize(
    ("login", "options", "password", "named"),
    [
        ("ada", (), "short", "has 5 characters"),
        ("two words", (), PASSWORD, "--login"),
        ("bob", ("--quota-bytes", "-1"), PASSWORD, "--quota-bytes"),
        ("bob", ("--display-name", "a\tb"), PASSWORD, "--display-name"),
        ("bob", ("--role", "king"), PASSWORD, "member"),
        ("taken", (), PASSWORD, "taken"),
    ],
)
def test_what_cannot_be_is_refused_with_the_option(
    login: str, options: tuple[str, ...], password: str, named: str
) -> None:
    create("taken")
    result = create(login, *options, password=password)
    assert result.exit_code == 2
    assert named in result.output
    assert PASSWORD not in result.output
