"""The examples of a document: its fenced blocks, and the output that it states for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A block as it stands in a document, and the output below it; `…` stands for anything."""

    line: int
    commands: str
    output: str | None

    @property
    def targets(self) -> list[str]:
        """The targets of `make`, where the example is nothing but calls of it."""
        lines = [line.partition("#")[0].strip() for line in self.commands.splitlines()]
        calls = [re.fullmatch(r"(?:[A-Z_]+=\S+ )*make (\w+)", line) for line in lines if line]
        return [call[1] for call in calls if call] if all(calls) else []

    @property
    def variables(self) -> dict[str, str]:
        """The environment that a call of `make` is given."""
        return dict(re.findall(r"\b([A-Z_]+)=(\S+)(?=.* make )", self.commands))

    def matches(self, printed: str) -> bool:
        """Say whether a program printed what the document states, line for line."""
        if self.output is None:
            return True
        wanted = ".*".join(re.escape(part) for part in self.output.strip().split("…"))
        return re.fullmatch(wanted, printed.strip()) is not None


def examples(document: Path, language: str = "bash") -> list[Example]:
    """Return the blocks of a language in a document, in order."""
    text = document.read_text()
    blocks = list(_BLOCK.finditer(text))
    found: list[Example] = []
    for number, block in enumerate(blocks):
        if block[1] != language:
            continue
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        output = None
        if (
            following
            and following[1] == "text"
            and not text[block.end() : following.start()].strip()
        ):
            output = following[2]
        found.append(Example(text[: block.start()].count("\n") + 1, block[2], output))
    return found


def table_rows(document: Path, heading: str) -> list[list[str]]:
    """Return the cells of the table whose first column has this heading."""
    lines = document.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows: list[list[str]] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows


def links(document: Path) -> list[str]:
    """Return the targets of a document's links and pictures that are files of the repository."""
    found = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    return [target for target in found if "://" not in target]
