"""`/api/slo`: the objectives, what is left of their error budgets, how fast those burn."""

from __future__ import annotations

from typing import Final

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from asset_forge.accounts import Principal
from asset_forge.api.problems import problem_responses
from asset_forge.monitoring.budgets import BudgetReport, Budgets, example_report

_EXAMPLE: Final = Example(
    summary="One request in 4,000 has failed, of the service's own counters",
    value=msgspec.to_builtins(example_report()),
)
_ANSWERS: Final = {
    200: ResponseSpec(
        BudgetReport,
        generate_examples=False,
        description="The objectives; `note` says where the figures come from",
        examples=[_EXAMPLE],
    ),
    **problem_responses(401, 403),
}


@get("/api/slo", summary="Read the objectives", tags=["operators"], responses=_ANSWERS)
async def read_objectives(
    operator: NamedDependency[Principal],
    budgets: NamedDependency[Budgets],
) -> BudgetReport:
    """Read targets, error budgets and burn rates, from Prometheus where `PROMETHEUS_URL` is set.

    While Prometheus does not answer, and without it, they are the service's own counters'.
    """
    return await budgets.report()
