"""The two text formats: Prometheus text 0.0.4 and OpenMetrics 1.0.

Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._instruments import Exemplar

_HELP_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n"})
_LABEL_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


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
        f'{name}="{value.translate(_LABEL_ESCAPES)}"' for name, value in zip(names, values, strict=True)
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


def template(declaration: Declaration, bounds: Sequence[float], values: Sequence[str]) -> str:
    """Build the text of one series with a `%s` for each number, in the order that `render` supplies them."""
    pairs = label_pairs(declaration.label_names, values).replace("%", "%%")
    braced = f"{{{pairs}}}" if pairs else ""
    name = declaration.name
    if not bounds:
        return f"{name}{braced} %s\n"
    lead = f"{pairs}," if pairs else ""
    buckets = "".join(
        f'{name}_bucket{{{lead}le="{number(bound)}"}} %s\n' for bound in (*bounds, math.inf)
    )
    return f"{buckets}{name}_sum{braced} %s\n{name}_count{braced} %s\n"


def exemplar_suffix(exemplar: Exemplar) -> str:
    """Write what follows a sample that has an exemplar."""
    labels, value, when = exemplar
    pairs = label_pairs(tuple(labels), tuple(labels.values()))
    return f" # {{{pairs}}} {number(value)} {when:.3f}"
