"""Reads stacks: which frames are the application's own, and what stands around their lines."""

from __future__ import annotations

import linecache
import sysconfig
import traceback
from collections.abc import Iterator
from functools import lru_cache
from types import (
    BuiltinFunctionType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
    TracebackType,
)

from asset_forge.observability.redaction import Json, Limits, Redactor

__all__ = ["FrameReader", "walk"]

MAX_FRAMES = 60
"""Frames kept of one stack: the outermost and the innermost half, as what lies between is
recursion.
"""

_MAX_WITH_LOCALS = 12
_LOCALS = Limits(depth=4, width=25, length=512, nodes=150, total_length=6_000)
_CONTEXT_LINES = 3

_CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)

Step = tuple[FrameType, int]


def walk(trace: TracebackType | None) -> list[Step]:
    """The frames of a traceback and their line numbers, outermost first, at most
    :data:`MAX_FRAMES`.
    """
    steps = list(traceback.walk_tb(trace))
    half = MAX_FRAMES // 2
    return steps if len(steps) <= MAX_FRAMES else steps[:half] + steps[-half:]


class FrameReader:
    """Describes frames. Modules below ``in_app`` are the application's own, as is all that lies
    outside libraries.
    """

    def __init__(self, redactor: Redactor, in_app: tuple[str, ...]) -> None:
        self._redactor = redactor
        self._in_app = frozenset(in_app)

    def is_own(self, frame: FrameType) -> bool:
        """Whether the frame belongs to the application and not to a library."""
        return _module(frame).partition(".")[0] in self._in_app or _outside_libraries(
            frame.f_code.co_filename
        )

    def places(self, steps: list[Step]) -> list[str]:
        """Module and function of the application's frames (of all if none is), each once, outermost
        first.
        """
        own = [frame for frame, _ in steps if self.is_own(frame)] or [frame for frame, _ in steps]
        return list(dict.fromkeys(f"{_module(frame)}.{frame.f_code.co_qualname}" for frame in own))

    def describe(self, steps: list[Step]) -> list[Json]:
        """The frames in the form of Sentry's event schema, outermost first."""
        first_with_locals = len(steps) - _MAX_WITH_LOCALS
        return [
            self._frame(frame, line, index >= first_with_locals)
            for index, (frame, line) in enumerate(steps)
        ]

    def _frame(self, frame: FrameType, line: int, with_locals: bool) -> Json:
        code = frame.f_code
        own = self.is_own(frame)
        described: dict[str, Json] = {
            "filename": code.co_filename.rpartition("/")[2],
            "abs_path": code.co_filename,
            "module": _module(frame),
            "function": code.co_qualname,
            "lineno": line,
            "in_app": own,
        }
        if own:
            described.update(self._source(code.co_filename, line))
        if with_locals:
            described["vars"] = self._redactor.value(
                dict(_variables(frame)), opaque=True, limits=_LOCALS
            )
        return described

    def _source(self, path: str, line: int) -> Iterator[tuple[str, Json]]:
        lines = linecache.getlines(path)
        if not 0 < line <= len(lines):
            return
        clean = self._redactor.text
        before = lines[max(0, line - 1 - _CONTEXT_LINES) : line - 1]
        yield "pre_context", [clean(text.rstrip()) for text in before]
        yield "context_line", clean(lines[line - 1].rstrip())
        yield "post_context", [clean(text.rstrip()) for text in lines[line : line + _CONTEXT_LINES]]


def _module(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__")
    return name if isinstance(name, str) else "?"


def _variables(frame: FrameType) -> Iterator[tuple[str, object]]:
    """What the frame's data is; the names of a module and what is only code say nothing about a
    failure.
    """
    if frame.f_locals is frame.f_globals:
        return
    for name, value in frame.f_locals.items():
        if not name.startswith("__") and not isinstance(value, _CODE):
            yield name, value


@lru_cache(maxsize=2048)
def _outside_libraries(path: str) -> bool:
    if path.startswith("<") or "site-packages" in path or "dist-packages" in path:
        return False
    return not path.startswith((sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")))
