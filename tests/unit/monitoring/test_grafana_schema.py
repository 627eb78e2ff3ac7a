"""The dashboards against Grafana's own schema, in the typed models of its foundation SDK.

The models neither refuse what they do not know nor compare values with their types, so both is done
here. They do not hold what a data source adds to an annotation (`BY_THE_DATA_SOURCE`), and say
nothing of how Grafana draws a panel.
"""

from __future__ import annotations

import enum
import json
import re
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from tests.unit.monitoring.programs import library

from asset_forge.monitoring import Board, Options, render

BY_THE_DATA_SOURCE = {
    ".annotations.list[].step",
    ".annotations.list[].titleFormat",
    ".annotations.list[].textFormat",
    ".templating.list[].definition",
}
"""What Prometheus's plugin reads of an annotation, and shows of a variable in its list."""


def written(board: Board) -> Any:
    return json.loads(render(Options())[f"grafana/dashboards/{board}.json"])


def decoded(document: Any) -> Any:
    library("grafana_foundation_sdk.cog.plugins").register_default_plugins()
    return library("grafana_foundation_sdk.models.dashboard").Dashboard.from_json(document)


def encoded(model: Any) -> Any:
    encoder = library("grafana_foundation_sdk.cog.encoder").JSONEncoder
    return json.loads(encoder().encode(model))


def lost(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    """Where a document differs from what became of it in the models."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key in theirs:
                yield from lost(value, theirs[key], f"{place}.{key}")
            elif value is not None:
                yield f"{place}.{key}"
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for one, other in zip(ours, theirs, strict=True):
            yield from lost(one, other, f"{place}[]")
    elif ours != theirs:
        yield f"{place}: {ours!r}, not {theirs!r}"


def misfits(value: Any, hint: Any, place: str = "") -> Iterator[str]:
    """Where a value is not of its type; models are looked into, whatever they are declared as."""
    if get_origin(hint) in (Union, types.UnionType):
        yield from min((list(misfits(value, one, place)) for one in get_args(hint)), key=len)
    elif get_origin(hint) is list and isinstance(value, list):
        for one in value:
            yield from misfits(one, get_args(hint)[0], f"{place}[]")
    elif isinstance(value, dict) and hasattr(hint, "from_json"):
        yield from misfits(hint.from_json(value), hint, place)
    else:
        if not is_one(value, hint):
            yield f"{place}: {value!r} is no {hint}"
        if hasattr(value, "to_json"):
            for name, kind in get_type_hints(type(value)).items():
                yield from misfits(getattr(value, name), kind, f"{place}.{name}")


def is_one(value: Any, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return value in [one.value for one in hint]
    if isinstance(value, bool):
        return hint in (bool, object)
    return isinstance(value, int | float if hint is float else get_origin(hint) or hint)


@pytest.mark.parametrize("board", list(Board))
def test_a_dashboard_says_nothing_that_grafana_does_not_know(board: Board) -> None:
    document = written(board)
    assert set(lost(document, encoded(decoded(document)))) <= BY_THE_DATA_SOURCE


@pytest.mark.parametrize("board", list(Board))
def test_a_dashboard_has_the_types_and_choices_of_grafana(board: Board) -> None:
    model = decoded(written(board))
    assert list(misfits(model, type(model))) == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("panels.0.fieldConfig.defaults.custom.showPoints", "sometimes", "show_points"),
        ("panels.0.options.legend.displayMode", "tabel", "display_mode"),
        ("panels.0.targets.0.exemplar", "yes", "exemplar"),
        ("panels.0.gridPos.w", 7.5, "grid_pos"),
        ("panels.0.links.0.targetBlank", "no", "target_blank"),
        ("templating.list.0.type", "dataSource", "type_val"),
        ("graphTooltip", 7, "graph_tooltip"),
    ],
)
def test_a_value_of_another_type_is_found(path: str, value: object, fault: str) -> None:
    document = written(Board.OVERVIEW)
    put(document, path, value)
    model = decoded(document)
    (found,) = misfits(model, type(model))
    assert fault in found.partition(":")[0]


@pytest.mark.parametrize(
    "path",
    [
        "repeats",
        "panels.0.legend",
        "panels.0.targets.0.legend",
        "panels.0.options.legends",
        "panels.0.fieldConfig.defaults.units",
        "panels.0.fieldConfig.defaults.custom.points",
    ],
)
def test_a_key_that_grafana_does_not_know_is_found(path: str) -> None:
    document = written(Board.OVERVIEW)
    put(document, path, "anything")
    found = set(lost(document, encoded(decoded(document)))) - BY_THE_DATA_SOURCE
    assert found == {"." + re.sub(r"\.\d+", "[]", path)}


def put(document: Any, path: str, value: object) -> None:
    *way, last = path.split(".")
    for step in way:
        document = document[int(step) if step.isdigit() else step]
    document[last] = value
