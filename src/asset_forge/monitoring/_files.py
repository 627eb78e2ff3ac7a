"""Rendered text: YAML with readable blocks, and the header that says who writes it."""

from __future__ import annotations

import yaml

HEADER = "Rendered by `asset-forge monitoring render`; do not edit."


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, and never an alias."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(document: object) -> str:
    """Write a document of plain mappings, lists and scalars, in its own order, with the header."""
    body = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, indent=2
    )
    return f"# {HEADER}\n{body}"
