"""Alert → its runbook page."""

from __future__ import annotations

from collections.abc import Iterable

from asset_forge.monitoring._durations import scaled_expression
from asset_forge.monitoring._files import HEADER
from asset_forge.monitoring._model import Alert, Severity

_WHOM = {
    Severity.CRITICAL: "critical: pages the person on call (PagerDuty)",
    Severity.WARNING: "warning: tells the team (Slack)",
    Severity.NONE: "none: beats for the heartbeat service",
}


_VARIABLES = (
    "The [README](README.md#before-the-first-command) sets the variables, and says what stands for "
    "`kubectl` elsewhere."
)


def runbook_page(alert: Alert) -> str:
    """Return the Markdown page of an alert."""
    book = alert.runbook
    fires = f"when this holds for {alert.hold}" if alert.hold else "as soon as this holds"
    silenced = ", ".join(alert.silenced_by)
    lines = [
        f"<!-- {HEADER} -->",
        f"# {alert.name}",
        "",
        f"Severity {_WHOM[alert.severity]}. Fires {fires}:",
        "",
        "```promql",
        scaled_expression(alert.expr, 1),
        "```",
        "",
        *([f"Silenced by a page of: {silenced}.", ""] if silenced else []),
        *_section("What it means", (book.meaning,)),
        *_section("What users feel", (book.users,)),
        *_section("How to look", (_VARIABLES, "", *_numbered(book.look))),
        *_section("How to mend", _numbered(book.mend)),
        *_section("How to tell that it is over", (book.over,)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, paragraphs: Iterable[str]) -> list[str]:
    return [f"## {title}", "", *paragraphs, ""]


def _numbered(steps: tuple[str, ...]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]


def runbook_index(alerts: tuple[Alert, ...]) -> str:
    """Return the page that lists all runbooks, and says what their commands need."""
    lines = [
        f"<!-- {HEADER} -->",
        "# Runbooks",
        "",
        "One page for each alert.",
        "",
        _COMMANDS,
        "## The alerts",
        "",
        "| alert | severity | summary |",
        "| --- | --- | --- |",
        *(
            f"| [{alert.name}]({alert.name}.md) | {alert.severity} | {_plain(alert.summary)} |"
            for alert in sorted(alerts, key=lambda alert: (alert.severity.value, alert.name))
        ),
    ]
    return "\n".join(lines) + "\n"


_COMMANDS = """\
## Before the first command

The commands are for bash, with curl 7.76 or newer, jq, promtool and amtool, in the root of the
repository. Bring the service and Prometheus to this machine, and get the token of the metrics. From
Kubernetes:

```sh
kubectl config set-context --current --namespace=asset-forge
kubectl port-forward svc/asset-forge 3004 >/dev/null &
kubectl port-forward --namespace=monitoring svc/prometheus-operated 9090 >/dev/null &
METRICS_TOKEN=$(kubectl get secret asset-forge -o jsonpath='{.data.METRICS_TOKEN}' | base64 -d)
```

On the machine where systemd runs the service:

```sh
METRICS_TOKEN=$(sudo sed -n 's/^METRICS_TOKEN=//p' /etc/asset-forge/asset-forge.env)
```

Where Compose does:

```sh
METRICS_TOKEN=$(cat deploy/compose/secrets/metrics_token)
```

Then, everywhere:

```sh
export METRICS_TOKEN
export ASSET_FORGE=${ASSET_FORGE:-http://localhost:3004}
export PROMETHEUS=${PROMETHEUS:-http://localhost:9090}
```

And sign in as an operator, for what only operators and sessions see:

```sh
read -rp "Login: " LOGIN && read -rsp "Password: " PASSWORD
```
```sh
export TOKEN=$(jq -n --arg login "$LOGIN" --arg password "$PASSWORD" \\
    '{provider: "local", $login, $password}' |
  curl -fsS $ASSET_FORGE/api/auth/login -H "Content-Type: application/json" -d @- | jq -r .token)
```

While the database is down nobody can sign in; then Prometheus, the metrics and the logs tell. Where
`AUTH_PROVIDERS` is empty there are no sessions: leave the header with `$TOKEN` out.

What curl asks is one instance, and the processes that share its `METRICS_DIR`. If the alert names
another `instance`, ask that one: `kubectl port-forward POD 3004` (a worker's port is 3005), or its
address as `ASSET_FORGE`. What promtool asks is all of them.

A command that prints nothing has found nothing. One that was refused prints an error (401: the
token is missing or wrong).

## Elsewhere than in Kubernetes

`POD` stands for the name of a pod; `kubectl get pods -l app=asset-forge -o wide` prints them beside
their addresses. What else is to be done, with `dc` for `docker compose -f deploy/compose.yml`:

| Kubernetes | systemd | Compose |
| --- | --- | --- |
| `kubectl logs … --since=15m` | `journalctl -u asset-forge --since=-15min` | \
`dc logs --since=15m asset-forge worker` |
| `kubectl logs … --previous` | `journalctl -u asset-forge -n 50` | \
`dc logs --tail=50 asset-forge worker` |
| `kubectl get pods …` | `systemctl status asset-forge` | `dc ps --all` |
| `kubectl exec POD -- …` | `sudo -u asset-forge …` | `dc exec asset-forge …` |
| `kubectl rollout restart …` | `systemctl restart asset-forge` | `dc restart asset-forge worker` |
| `kubectl rollout undo …` | install the release before and restart | \
`dc up -d` with the image before |
"""


def _plain(summary: str) -> str:
    before, _, query = summary.partition("{{ range query")
    text = before.rstrip(":") if query else summary
    return text.replace("{{ $labels.", "‹").replace(" }}", "›")
