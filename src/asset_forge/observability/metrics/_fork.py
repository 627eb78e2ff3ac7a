"""What a fork does to registries: the child starts at 0 with a place of its own in the group."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """Something that has to be still while the process is copied."""

    def hold(self) -> None:
        """Finish what is under way, begin nothing."""
        ...

    def resume(self) -> None:
        """Go on, in the parent."""
        ...

    def restart(self) -> None:
        """Start over, in the child."""
        ...


_registries: weakref.WeakSet[Forkable] = weakref.WeakSet()
_held: list[Forkable] = []


def watch(registry: Forkable) -> None:
    """Tell `registry` about forks for as long as it exists."""
    _registries.add(registry)


def _before() -> None:
    _held[:] = list(_registries)
    for registry in _held:
        registry.hold()


def _in_parent() -> None:
    for registry in _held:
        registry.resume()
    _held.clear()


def _in_child() -> None:
    for registry in _held:
        registry.restart()
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
