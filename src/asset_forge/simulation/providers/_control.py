"""Setting faults and reading the journal over HTTP, for what runs in another process.

- `GET /_control`: the faults in force;
- `PUT /_control/{provider}`: `{"fault", "probability"?, "times"?, "retry_after"?, "endpoint"?,
  "method"?}`, or a list of such objects under `faults`, in the place of all others;
- `DELETE /_control/{provider}` and `DELETE /_control`: let requests succeed again;
- `PUT /_control/webhook`: `{"url"}`, where Meshy tells of tasks, or `{}` for nowhere;
- `GET /_control/journal?provider=&endpoint=&method=`: what was received; `DELETE`: forget it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from asset_forge.clock import rfc3339
from asset_forge.simulation.providers._faults import Behavior, Fault, Provider, Rule
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._journal import Journal, SimulatedRequest
from asset_forge.simulation.providers._meshy_webhooks import Webhooks


class Control:
    """The operators' side of the simulation."""

    def __init__(
        self, behaviors: Mapping[Provider, Behavior], journal: Journal, webhooks: Webhooks
    ) -> None:
        self._behaviors = behaviors
        self._webhooks = webhooks
        self._journal = journal

    def answer(self, request: Request) -> Reply:
        """Carry out one request, and return what is in force after it."""
        place = request.path.strip("/")
        if place == "journal":
            return self._of_journal(request)
        if place == "webhook":
            if request.method == "PUT":
                self._webhooks.url = request.text("url") or None
            return json_reply({"url": self._webhooks.url})
        if place and place not in self._behaviors:
            choices = ", ".join((*self._behaviors, "journal", "webhook"))
            return _problem(404, f"there is no {place!r}; use {choices}")
        concerned = [Provider(place)] if place else list(self._behaviors)
        if request.method == "PUT" and place:
            try:
                self._behaviors[Provider(place)].replace(_rules(request.body))
            except (ValueError, msgspec.ValidationError) as error:
                return _problem(400, str(error))
        elif request.method == "DELETE":
            for name in concerned:
                self._behaviors[name].clear()
        elif request.method != "GET":
            return _problem(405, f"{request.method} means nothing here; use GET, PUT or DELETE")
        return json_reply({name: self._state(self._behaviors[name]) for name in concerned})

    def _state(self, behavior: Behavior) -> dict[str, object]:
        rules = [msgspec.structs.asdict(_as_sent(rule)) for rule in behavior.rules]
        return {"faults": rules, "endpoints": sorted({name for name, _ in behavior.operations})}

    def _of_journal(self, request: Request) -> Reply:
        if request.method == "DELETE":
            self._journal.clear()
        found = self._journal.requests(
            request.query.get("provider"),
            endpoint=request.query.get("endpoint"),
            method=request.query.get("method"),
        )
        return json_reply(
            {
                "received": self._journal.received,
                "dropped": self._journal.dropped,
                "counts": self._journal.counts(),
                "most_at_once": {name: self._journal.most_at_once(name) for name in Provider},
                "requests": [_shown(entry) for entry in found],
            }
        )


class _RuleSent(msgspec.Struct, forbid_unknown_fields=True):
    fault: Fault
    probability: float = 1.0
    times: int | None = None
    retry_after: float | None = None
    endpoint: str | None = None
    method: str | None = None


class _RulesSent(msgspec.Struct, forbid_unknown_fields=True):
    faults: list[_RuleSent]


def _rules(body: Mapping[str, object]) -> list[Rule]:
    sent = (
        msgspec.convert(body, _RulesSent).faults
        if "faults" in body
        else [msgspec.convert(body, _RuleSent)]
    )
    return [Rule(**msgspec.structs.asdict(rule)) for rule in sent]


def _as_sent(rule: Rule) -> _RuleSent:
    return _RuleSent(
        rule.fault, rule.probability, rule.times, rule.retry_after, rule.endpoint, rule.method
    )


def _shown(entry: SimulatedRequest) -> dict[str, object]:
    return {
        "number": entry.number,
        "provider": entry.provider,
        "endpoint": entry.endpoint,
        "method": entry.method,
        "path": entry.path,
        "received_at": rfc3339(entry.received_at),
        "claim": entry.claim,
        "prompt": entry.prompt,
        "fault": entry.fault,
        "status": entry.status,
        "charged": entry.charged,
    }


def _problem(status: int, message: str) -> Reply:
    return json_reply({"message": message}, status)
