"""Work in steps that several callers need at once."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from asset_forge.observability.metrics._rounds import Rounds


class Work:
    """Rounds of three steps; notes each step, and each round that was not worked to its end."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.given_up = 0
        self.rounds = 0

    def __call__(self) -> Generator[None]:
        self.rounds += 1
        try:
            for step in range(3):
                self.steps.append(step)
                yield
        except GeneratorExit:
            self.given_up += 1
            raise


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


def test_a_single_caller_gets_one_round(rounds: Rounds) -> None:
    work = Work()
    assert len(list(rounds.join(work))) == 3
    assert work.steps == [0, 1, 2]


def test_who_comes_in_the_middle_ends_that_round_and_gets_another(rounds: Rounds) -> None:
    work = Work()
    early = rounds.join(work)
    next(early)
    late = rounds.join(work)
    list(late)
    assert work.steps == [0, 1, 2, 0, 1, 2]
    assert list(early) == []


def test_those_who_wait_together_share_the_next_round(rounds: Rounds) -> None:
    work = Work()
    early = rounds.join(work)
    next(early)
    waiting = [rounds.join(work) for _ in range(2)]
    for one in waiting:
        next(one)
    for one in (*waiting, early):
        list(one)
    assert work.rounds == 2


def test_a_round_goes_on_when_one_of_its_callers_gives_up(rounds: Rounds) -> None:
    work = Work()
    hasty, patient = rounds.join(work), rounds.join(work)
    next(hasty)
    next(patient)
    hasty.close()
    list(patient)
    assert (work.rounds, work.given_up) == (2, 0)


def test_a_round_is_given_up_with_the_last_of_its_callers(rounds: Rounds) -> None:
    work = Work()
    both = rounds.join(work), rounds.join(work)
    for one in both:
        next(one)
    for one in both:
        one.close()
    assert work.given_up == 1
    list(rounds.join(work))
    assert work.steps[-3:] == [0, 1, 2]


def test_a_step_that_raises_ends_its_round_alone(rounds: Rounds) -> None:
    def fails() -> Generator[None]:
        yield
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        list(rounds.join(fails))
    work = Work()
    list(rounds.join(work))
    assert work.rounds == 1


def test_who_comes_from_within_a_step_has_nothing_to_do(rounds: Rounds) -> None:
    inner: list[None] = []

    def reads_itself() -> Generator[None]:
        inner.extend(rounds.join(reads_itself))
        yield

    assert len(list(rounds.join(reads_itself))) == 1
    assert inner == []


def test_nothing_begins_after_the_end(rounds: Rounds) -> None:
    work = Work()
    steps = rounds.join(work)
    next(steps)
    rounds.close()
    assert list(steps) == []
    assert list(rounds.join(work)) == []
    assert (work.rounds, work.given_up) == (1, 1)


def test_a_step_of_another_thread_holds_up_nobody(rounds: Rounds) -> None:
    """The event loop has to have its turn meanwhile."""
    begun, release = threading.Event(), threading.Event()

    def slow() -> Generator[None]:
        begun.set()
        assert release.wait(30)
        yield

    thread = threading.Thread(target=lambda: list(rounds.join(slow)))
    thread.start()
    assert begun.wait(30)
    steps = rounds.join(slow)
    turns = [next(steps) for _ in range(5)]
    release.set()
    list(steps)
    thread.join()
    assert turns == [None] * 5
