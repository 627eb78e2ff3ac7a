"""Where a measurement becomes a finding; those of an alert are that alert's."""

from __future__ import annotations

from typing import Final

ERROR_RATIO: Final = 0.05  # HighErrorRate
ERROR_COUNT: Final = 2  # HighErrorRate: more than two
SLOW_ROUTE_SECONDS: Final = 1.0  # the latency objective
SLOW_TABLE_SECONDS: Final = 0.1  # DatabaseSlow
SLOW_PROVIDER_SECONDS: Final = 120.0
LOOP_LAG_SECONDS: Final = 1.0  # EventLoopStalled
MEMORY_RATIO: Final = 0.9  # HighMemoryUsage
POOL_RATIO: Final = 0.9  # DatabasePoolNearExhaustion
DESCRIPTOR_RATIO: Final = 0.8  # FileDescriptorsNearLimit
INVENTED_VERBS: Final = 100  # SeriesOverflow: more than a hundred
DISK_RATIO: Final = 0.8  # LowDiskSpace
QUEUE_SLOW_SECONDS: Final = 300.0  # GenerationQueueSlow
QUEUE_STALLED_SECONDS: Final = 600.0  # GenerationQueueStalled
GENERATION_FAILURE_RATIO: Final = 0.1  # HighGenerationFailureRate
PROVIDER_FAILURE_RATIO: Final = 0.05  # ProviderFailing
SPEND_RATIO: Final = 0.9  # AISpendLimitNear
CLOCK_SKEW_SECONDS: Final = 2.0
RECENT_SECONDS: Final = 900.0
"""How long ago a captured error still says something about now."""
