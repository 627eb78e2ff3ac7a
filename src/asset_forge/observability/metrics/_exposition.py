"""The two text formats: Prometheus text 0.0.4 and OpenMetrics 1.0.

Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._instrument import Exemplar

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "counter": ("_total", "_created"),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum", "_created"),
    "info": ("_info",),
    "stateset": ("",),
    "unknown": ("",),
}
"""What the samples of a family of each kind are named, behind the family's name."""

_HELP_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n"})
_LABEL_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


def claims(family: str, kind: str) -> frozenset[str]:
    """Return the names that no other family may use: its own, and those of all its samples."""
    return frozenset((family, *(f"{family}{suffix}" for suffix in SUFFIXES[kind])))


def number(value: float) -> str:
    """Write a float as both formats want it: `1.0`, `0.25`, `+Inf`, `-Inf`, `NaN`."""
    if math.isfinite(value):
        return repr(float(value))
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def label_pairs(names: Sequence[str], values: Sequence[str]) -> str:
    """Write labels without their braces, escaped: `a="b",c="d"`."""
    return ",".join(
        f'{name}="{value.translate(_LABEL_ESCAPES)}"'
        for name, value in zip(names, values, strict=True)
    )


def head(name: str, kind: str, help_text: str, unit: str, *, openmetrics: bool) -> str:
    """Write the lines that precede a family's samples; `name` carries no `_total` or `_info`."""
    escaped = help_text.translate(_LABEL_ESCAPES if openmetrics else _HELP_ESCAPES)
    if openmetrics:
        has_unit = bool(unit) and name.endswith(f"_{unit}")
        unit_line = f"# UNIT {name} {unit}\n" if has_unit else ""
        return f"# HELP {name} {escaped}\n# TYPE {name} {kind}\n{unit_line}"
    if kind == "counter":
        name = f"{name}_total"
    elif kind == "info":
        name, kind = f"{name}_info", "gauge"
    return f"# HELP {name} {escaped}\n# TYPE {name} {kind}\n"


def declaration_head(declaration: Declaration, *, openmetrics: bool) -> str:
    """Write the lines that precede the samples of a declared metric."""
    return head(
        declaration.family_name,
        declaration.kind,
        declaration.help,
        declaration.unit,
        openmetrics=openmetrics,
    )


def bound(value: float) -> str:
    """Write a bucket's bound as Prometheus 3 stores it: `120.0`, `1e+06`, `+Inf`.

    Prometheus writes a float as Go does (shortest digits, an exponent below 1e-4 and from 1e6 on)
    and adds `.0` where neither point nor exponent is left. A bound that is sent in another spelling
    would be another series.
    """
    text = number(value)
    if not math.isfinite(value) or abs(value) < 1e6 or "e" in text:
        return text
    digits = text.removesuffix(".0").lstrip("-").replace(".", "")
    exponent = len(text.lstrip("-").partition(".")[0]) - 1
    mantissa = f"{digits[0]}.{digits[1:].rstrip('0')}".rstrip(".")
    return f"{'-' if value < 0 else ''}{mantissa}e+{exponent:02d}"


def template(declaration: Declaration, bounds: Sequence[float], values: Sequence[str]) -> str:
    """Build the text of one series with a place for each number.

    A histogram takes its cumulative buckets, the sum as text, and the count; the others take the
    value as text.
    """
    pairs = label_pairs(declaration.label_names, values).replace("%", "%%")
    braced = f"{{{pairs}}}" if pairs else ""
    name = declaration.name
    if not bounds:
        return f"{name}{braced} %s\n"
    lead = f"{pairs}," if pairs else ""
    buckets = "".join(
        f'{name}_bucket{{{lead}le="{bound(upper)}"}} %d\n' for upper in (*bounds, math.inf)
    )
    return f"{buckets}{name}_sum{braced} %s\n{name}_count{braced} %d\n"


def with_exemplars(text: str, exemplars: Mapping[int, Exemplar], *, first: int) -> str:
    """Add the exemplars to the lines of a series; slot `first` belongs to the first line."""
    lines = text.split("\n")  # not splitlines(): a label value may hold what that splits at
    for slot, (labels, value, when) in exemplars.items():
        lines[slot - first] += exemplar_text(labels, value, when)
    return "\n".join(lines)


def exemplar_text(labels: Mapping[str, str], value: float, when: float | None) -> str:
    """Write an exemplar, as it follows a sample's value."""
    pairs = label_pairs(tuple(labels), tuple(labels.values()))
    moment = "" if when is None else f" {when:.3f}"
    return f" # {{{pairs}}} {number(value)}{moment}"
