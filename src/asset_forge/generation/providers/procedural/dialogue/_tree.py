"""The graph of a dialogue: which nodes it has, and where each choice leads.

Every node can reach an ending by choices without conditions, and can be reached from the greeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from asset_forge.generation.providers.procedural.dialogue import _lines as lines
from asset_forge.generation.providers.procedural.dialogue._cast import Cast
from asset_forge.generation.providers.procedural.dialogue._noun import Noun
from asset_forge.generation.providers.procedural.dialogue._topics import EXTRA, TOPICS, Topic
from asset_forge.generation.providers.procedural.dialogue._writing import Writer

Fact = Mapping[str, object]
_CORE = ("greeting", "offer", "details", "accepted", "declined", "hostile")
_ENDINGS = ("accepted", "declined", "hostile", "bargain", "forgiven")
_HUB_TOPICS, _PEOPLE_TOPICS = 4, 5
_TONE_EMOTION = {
    "friendly": "happy", "grumpy": "annoyed", "fearful": "fearful", "sad": "sad",
    "mysterious": "secretive", "menacing": "threatening", "proud": "proud", "calm": "calm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer of the player."""

    text: str
    next: str
    conditions: tuple[Fact, ...] = ()
    effects: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """An utterance of the speaker; without choices it is an ending."""

    id: str
    text: str
    emotion: str
    choices: tuple[Choice, ...] = ()


@dataclass(slots=True)
class _Plan:
    """Which nodes take part, and what each topic is about."""

    ids: list[str]
    topics: list[tuple[Topic, Noun | None]]
    writer: Writer
    cast: Cast
    questions: dict[int, str] = field(default_factory=dict)

    def __contains__(self, node: str) -> bool:
        return node in self.ids

    def say(self, key: str) -> str:
        """A line of the player."""
        return self.writer.line(lines.SAY[key])

    def choice(
        self, key: str, target: str, *, needs: tuple[Fact, ...] = (), gives: tuple[Fact, ...] = ()
    ) -> list[Choice]:
        """A choice that leads to a node, or none where the node takes no part."""
        return [Choice(self.say(key), target, needs, gives)] if target in self else []


def grow(cast: Cast, rng: np.random.Generator, count: int) -> list[Node]:
    """A dialogue of exactly `count` nodes (6 to 60), the greeting first and the endings last."""
    writer = Writer(cast, rng)
    extras = [(EXTRA, extra) for extra in cast.extras]
    common: list[tuple[Topic, Noun | None]] = [(topic, None) for topic in TOPICS]
    # What the prompt is about comes first; the rest differs from seed to seed.
    rest = [common[3 + int(k)] for k in rng.permutation(len(common) - 3)]
    topics = [*common[:1], *extras, *common[1:3], *rest]
    ids = [*_CORE, *_optional(len(topics))[: count - len(_CORE)]]
    plan = _Plan(ids, topics, writer, cast)
    nodes = [_node(plan, name) for name in ids]
    return sorted(nodes, key=lambda node: node.id in _ENDINGS)


def _optional(topics: int) -> list[str]:
    """The nodes beyond the core in the order in which they join, each after its way in."""
    first = ["reward", "hub", "topic0_1", "topic1_1", "danger", "topic0_2", "bargain", "topic1_2",
             "doubt", "topic2_1", "secret", "forgiven", "topic2_2", "topic3_1", "topic3_2",
             "topic0_3", "people"]  # fmt: skip
    people = range(_HUB_TOPICS, _HUB_TOPICS + _PEOPLE_TOPICS)
    past = range(_HUB_TOPICS + _PEOPLE_TOPICS, topics)
    return [
        *first,
        *(f"topic{k}_{depth}" for k in people for depth in (1, 2)),
        *(f"topic{k}_3" for k in (1, 2, 3)),
        "past",
        *(f"topic{k}_{depth}" for k in past for depth in (1, 2, 3)),
        *(f"topic{k}_3" for k in people),
    ]


def _node(plan: _Plan, name: str) -> Node:
    if name.startswith("topic"):
        number, _, depth = name.removeprefix("topic").partition("_")
        return _topic_node(plan, int(number), int(depth))
    texts, emotion = _spoken(plan.cast, name)
    return Node(name, plan.writer.line(texts), emotion, tuple(_choices(plan, name)))


def _spoken(cast: Cast, name: str) -> tuple[tuple[str, ...], str]:
    """The lines to choose from and the emotion of a node that is no topic."""
    mood = _TONE_EMOTION[cast.tone]
    return {
        "greeting": (lines.GREETINGS[cast.tone], mood),
        "offer": (lines.OFFERS[cast.quest], "hopeful"),
        "details": (lines.DETAILS[cast.quest], mood),
        "reward": (lines.REWARDS, "calm"),
        "danger": (lines.DANGERS, "fearful"),
        "doubt": (lines.DOUBTS, "suspicious"),
        "secret": (lines.SECRETS, "ashamed"),
        "hub": (lines.HUBS[cast.tone], mood),
        "people": (lines.PEOPLE, mood),
        "past": (lines.PAST, "secretive"),
        "accepted": (lines.ACCEPTED[cast.tone], mood),
        "declined": (lines.DECLINED[cast.tone], mood),
        "hostile": (lines.HOSTILE, "angry"),
        "bargain": (lines.BARGAINS, "amused"),
        "forgiven": (lines.FORGIVEN, "grateful"),
    }[name]


def _choices(plan: _Plan, name: str) -> list[Choice]:
    """Where a node that is no topic leads."""
    choose = plan.choice
    agreed = _agreement(plan.cast)
    accept = choose("accept", "doubt") or choose("accept", "accepted", gives=agreed)
    insult = (_reputation(-2),)
    match name:
        case "greeting":
            return [
                *choose("ask", "offer", gives=(_reputation(1),)),
                *choose("questions", "hub"),
                *choose("insult", "hostile", gives=insult),
                *choose("leave", "declined"),
            ]
        case "offer":
            return [
                *accept,
                *choose("details", "details"),
                *choose("refuse", "declined"),
                *choose("threaten", "hostile", gives=insult),
            ]
        case "details":
            return [
                *accept,
                *choose("danger", "danger"),
                *choose("reward", "reward"),
                *choose("back", "hub"),
                *choose("refuse", "declined"),
            ]
        case "reward":
            advance = (*agreed, {"kind": "gold", "change": 20})
            liked = ({"kind": "reputation", "atLeast": 1},)
            return [
                *choose("fair", "accepted", gives=agreed),
                *choose("bargain", "bargain", needs=liked, gives=advance),
                *choose("refuse", "declined"),
            ]
        case "danger":
            return [
                *choose("brave", "accepted", gives=(_reputation(1), *agreed)),
                *choose("back", "hub"),
                *choose("refuse", "declined"),
            ]
        case "doubt":
            pledge = ({"kind": "gold", "atLeast": 10},)
            paid = ({"kind": "gold", "change": -10}, _reputation(1), *agreed)
            return [
                *choose("honest", "accepted", gives=(_reputation(1), *agreed)),
                *choose("boast", "accepted", gives=agreed),
                *choose("pledge", "accepted", needs=pledge, gives=paid),
                *choose("silent", "declined"),
            ]
        case "secret":
            return [
                *choose("forgive", "forgiven", gives=(_reputation(2), *agreed)),
                *choose("condemn", "hostile", gives=insult),
                *choose("back", "hub"),
            ]
        case "hub":
            knows = ({"kind": "flag", "flag": "heard_the_story"},)
            return [
                *_questions(plan, 0, _HUB_TOPICS),
                *choose("people", "people"),
                *choose("past", "past"),
                *choose("secret", "secret", needs=knows),
                *choose("offer", "offer"),
                *choose("leave", "declined"),
            ]
        case "people":
            last = _HUB_TOPICS + _PEOPLE_TOPICS
            return [*_questions(plan, _HUB_TOPICS, last), *choose("back", "hub")]
        case "past":
            first = _HUB_TOPICS + _PEOPLE_TOPICS
            return [*_questions(plan, first, len(plan.topics)), *choose("back", "hub")]
        case _:
            return []


def _questions(plan: _Plan, first: int, last: int) -> list[Choice]:
    """The questions that open the topics from `first` up to `last`."""
    result: list[Choice] = []
    for k in range(first, min(last, len(plan.topics))):
        if f"topic{k}_1" in plan:
            topic, extra = plan.topics[k]
            result.append(Choice(plan.writer.line(topic.question, extra), f"topic{k}_1"))
    return result


def _topic_node(plan: _Plan, number: int, depth: int) -> Node:
    topic, extra = plan.topics[number]
    back = "hub"
    if number >= _HUB_TOPICS:
        back = "people" if number < _HUB_TOPICS + _PEOPLE_TOPICS else "past"
    deeper = f"topic{number}_{depth + 1}"
    # The speaker's secret can be asked for once the first story has been heard.
    heard = ({"kind": "flag", "flag": "heard_the_story"},) if (number, depth) == (0, 1) else ()
    choices = plan.choice("more", deeper, gives=heard) or plan.choice("offer", "offer")
    choices = [*choices, *plan.choice("back", back)]
    emotion = ("calm", _TONE_EMOTION[plan.cast.tone], "secretive")[depth - 1]
    text = plan.writer.line(topic.replies[depth - 1], extra)
    return Node(f"topic{number}_{depth}", text, emotion, tuple(choices))


def _agreement(cast: Cast) -> tuple[Fact, ...]:
    """What accepting the task changes; who delivers something gets it into the hands."""
    accepted: Fact = {"kind": "flag", "flag": "quest_accepted"}
    if cast.quest == "deliver":
        return (accepted, {"kind": "item", "item": cast.thing.text})
    return (accepted,)


def _reputation(change: int) -> Fact:
    return {"kind": "reputation", "change": change}
