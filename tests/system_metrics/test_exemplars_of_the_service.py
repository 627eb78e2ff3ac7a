"""From a slow bucket of a business metric to the trace of what was slow, through a Prometheus."""

from __future__ import annotations

from tests.served import ServerFactory
from tests.system_metrics.conftest import Prometheus, exemplars, until

TRACE = "0af7651916cd43dd8448eb211c80319c"
HEADERS = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


BUCKETS = (
    'api_response_time_by_endpoint_seconds_bucket{endpoint="/api/generation",method="POST"}',
    'asset_generation_duration_seconds_bucket{type="dialogue"}',
    'ai_api_latency_seconds_bucket{provider="procedural"}',
)


def test_a_prometheus_has_the_trace_of_a_generation_beside_its_durations(
    serve: ServerFactory, start_prometheus: Prometheus
) -> None:
    server = serve()
    prometheus = start_prometheus(
        f"""
- job_name: asset-forge
  metrics_path: /metrics/business
  static_configs: [{{targets: ["127.0.0.1:{server.port}"]}}]
"""
    )
    body = {"name": "guard", "type": "dialogue", "prompt": "a guard"}
    response = server.request("POST", "/api/generation", json=body, headers=HEADERS)
    assert server.ended(response.json()["id"])["status"] == "succeeded"
    for selector in BUCKETS:
        found = until(f"{selector} has it", lambda one=selector: exemplars(prometheus, one))
        assert list(found.values()) == [{"trace_id": TRACE}]
    assert server.request("GET", f"/api/traces/{TRACE}").status_code == 200
