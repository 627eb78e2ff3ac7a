"""Asks Prometheus: its targets, rules, alerts and settings, and the questions of the checks."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import Final

import msgspec

from asset_forge.clock import Clock
from asset_forge.doctor._evidence import FiringAlert, Monitoring, Rule, Target
from asset_forge.doctor._questions import FLEET_QUESTIONS, QUESTIONS, Answers, Question
from asset_forge.monitoring.prometheus_api import Point, Prometheus, PrometheusError

TIMEOUT_SECONDS: Final = 10.0


class _Targets(msgspec.Struct, rename="camel"):
    active_targets: list[Target]


class _RuleGroup(msgspec.Struct):
    rules: list[Rule]


class _Rules(msgspec.Struct):
    groups: list[_RuleGroup]


class _Alerts(msgspec.Struct):
    alerts: list[FiringAlert]


class _Alertmanagers(msgspec.Struct, rename="camel"):
    active_alertmanagers: list[dict[str, str]]


class _Runtime(msgspec.Struct, rename="camel"):
    storage_retention: str = ""


async def ask_prometheus(url: str, clock: Clock) -> Monitoring | None:
    """Collect what Prometheus knows; None where none was named."""
    if not url:
        return None
    prometheus = Prometheus(url, timeout_seconds=TIMEOUT_SECONDS)
    try:
        asked_at = clock()
        told = (await prometheus.query("vector(time())"))[0].number
        half = (clock() - asked_at).total_seconds() / 2
        targets, rules, alerts, managers, runtime = await asyncio.gather(
            prometheus.read("targets", _Targets, state="active"),
            prometheus.read("rules", _Rules),
            prometheus.read("alerts", _Alerts),
            prometheus.read("alertmanagers", _Alertmanagers),
            prometheus.read("status/runtimeinfo", _Runtime),
        )
        answers = await asyncio.gather(*(_answer(prometheus, one) for one in QUESTIONS))
        fleet = await asyncio.gather(*(prometheus.query(one) for one in FLEET_QUESTIONS))
    except (PrometheusError, IndexError) as error:
        return Monitoring(url=prometheus.shown, fault=str(error) or "it answers without a value")
    finally:
        await prometheus.close()
    known: Mapping[Question, Answers] = dict(zip(QUESTIONS, answers, strict=True))
    return Monitoring(
        url=prometheus.shown,
        targets=targets.active_targets,
        rules=[rule for group in rules.groups for rule in group.rules],
        alerts=alerts.alerts,
        alertmanagers=len(managers.active_alertmanagers),
        retention=runtime.storage_retention,
        answers=known,
        fleet=dict(zip(FLEET_QUESTIONS, fleet, strict=True)),
        clock_offset=told - asked_at.timestamp() - half,
        clock_doubt=half,
    )


async def _answer(prometheus: Prometheus, question: Question) -> Answers:
    points = await prometheus.query(question.promql())
    return {_key(point, question): point.number for point in points if math.isfinite(point.number)}


def _key(point: Point, question: Question) -> tuple[str, ...]:
    return tuple(point.metric.get(label, "") for label in question.by)
