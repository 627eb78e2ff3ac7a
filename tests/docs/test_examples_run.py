"""Every example of the documents does what it says, in order, against a server of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.examples import DOCUMENTS, ROOT, Example, examples
from tests.ports import free_port
from tests.served import ServerFactory, environment_of, undisturbed

_TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def test_the_readme_has_examples() -> None:
    found = examples(ROOT / "README.md")
    assert [example.targets for example in found][:1] == [["run", "test"]]
    assert len([example for example in found if example.output]) >= 5


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_target_that_a_document_names_is_in_the_makefile(document: Path) -> None:
    named = set(re.findall(r"\bmake (?:[A-Z]+=\S+ )?([a-z]+)\b", _code(document)))
    assert named <= set(_TARGET.findall((ROOT / "Makefile").read_text()))


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if examples(path)], ids=lambda path: path.name
)
def test_the_examples_print_what_the_document_says(
    document: Path, tmp_path: Path, serve: ServerFactory
) -> None:
    """`make run` starts the server with the variables before it; all else runs in one shell."""

    def follow(start: ServerFactory, home: Path) -> None:
        (home / ".venv").symlink_to(sys.prefix)
        port, server = str(free_port()), None
        for example in examples(document):
            if example.targets:
                if server is not None:
                    assert server.stop() == 0
                server = start({"PORT": port, **example.variables})
                continue
            _run(example, home, port, document)

    undisturbed(serve, tmp_path, follow)


PROGRAMS = [
    (document, example) for document in DOCUMENTS for example in examples(document, "python")
]


def test_there_are_examples_in_python() -> None:
    assert len([example for _, example in PROGRAMS if example.output]) >= 7


@pytest.mark.parametrize(
    ("document", "example"),
    PROGRAMS,
    ids=[f"{document.name}-{example.line}" for document, example in PROGRAMS],
)
def test_the_programs_print_what_the_document_says(
    document: Path, example: Example, tmp_path: Path
) -> None:
    """Each runs in a process of its own, in which warnings are errors."""
    _check(example, document, [sys.executable, "-W", "error", "-c", example.commands], tmp_path)


def _run(example: Example, home: Path, port: str, document: Path) -> None:
    # What one block sets is there in the next, as in the reader's shell.
    before = f"set -aeu\n[ ! -e .shell ] || . ./.shell\nPORT={port}\n"
    after = "\nexport -p >.shell"
    script = before + example.commands + after
    _check(example, document, ["bash", "-c", script], home, {"PORT": port})


def _check(
    example: Example,
    document: Path,
    command: list[str],
    home: Path,
    variables: dict[str, str] | None = None,
) -> None:
    ran = subprocess.run(
        command,
        cwd=home,
        env=environment_of(home / "var", variables),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    shown = f"{document.name}:{example.line} printed\n{ran.stdout}\n{ran.stderr}"
    assert ran.returncode == 0, shown
    assert example.matches(ran.stdout), shown


def _code(document: Path) -> str:
    parts = re.findall(r"```bash\n(.*?)```|`([^`\n]+)`", document.read_text(), re.DOTALL)
    return "\n".join(block or inline for block, inline in parts)
