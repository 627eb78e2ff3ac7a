"""What counts as data of a panel."""

from __future__ import annotations

import math

from asset_forge.simulation.panels import finite
from asset_forge.simulation.prometheus import Sample


def test_what_is_no_number_is_no_data() -> None:
    drawn = Sample({"type": "prop"}, 0.0)
    assert finite([Sample({}, math.nan), drawn, Sample({}, math.inf)]) == [drawn]
