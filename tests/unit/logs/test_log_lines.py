"""What a line looks like, whoever wrote it and whatever it was given."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from asset_forge.observability import context
from asset_forge.observability.logs import LOG_MESSAGES, LogSystem, configure_logging
from asset_forge.observability.logs._standard import StandardHandler
from asset_forge.observability.redaction import Redactor

log = structlog.get_logger("asset_forge.test_lines")


class Count:
    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, amount: float = 1, /) -> None:
        self.value += amount


class Family:
    def __init__(self) -> None:
        self.series: dict[str, Count] = {}

    def labels(self, *values: str) -> Count:
        return self.series.setdefault(values[0], Count())


class Lines:
    """A log system that writes to a file, and what it wrote."""

    def __init__(self, path: Path, **options: object) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        self.messages = Family()
        self.system: LogSystem = configure_logging(
            fd=self.fd,
            messages=self.messages,
            clock=lambda: 1_700_000_000.1234,
            hostname="host-1",
            **options,  # type: ignore[arg-type]
        )

    def text(self) -> str:
        assert self.system.flush(10)
        return self.path.read_text("utf-8")

    def all(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def last(self) -> dict[str, object]:
        return self.all()[-1]

    def close(self) -> None:
        self.system.close(20)
        os.close(self.fd)


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    made = Lines(tmp_path / "log")
    yield made
    made.close()


def test_a_line_has_the_fields_of_pino_and_its_own(lines: Lines) -> None:
    log.info("generation finished", asset_type="prop", seconds=1.5)

    assert lines.last() == {
        "level": 30,
        "severity": "INFO",
        "time": 1_700_000_000_123,
        "pid": os.getpid(),
        "hostname": "host-1",
        "name": "asset_forge.test_lines",
        "msg": "generation finished",
        "asset_type": "prop",
        "seconds": 1.5,
    }


@pytest.mark.parametrize(
    ("method", "number", "severity"),
    [
        ("trace", 10, "TRACE"),
        ("debug", 20, "DEBUG"),
        ("info", 30, "INFO"),
        ("warning", 40, "WARNING"),
        ("warn", 40, "WARNING"),
        ("error", 50, "ERROR"),
        ("exception", 50, "ERROR"),
        ("critical", 60, "CRITICAL"),
        ("fatal", 60, "CRITICAL"),
    ],
)
def test_levels_carry_the_number_of_pino_and_a_word_for_grep(
    method: str, number: int, severity: str, lines: Lines
) -> None:
    lines.system.set_level("root", "trace")
    getattr(log, method)("x")

    assert (lines.last()["level"], lines.last()["severity"]) == (number, severity)
    assert f'"severity":"{severity}"' in lines.text()


def test_the_scope_names_request_trace_user_and_job(lines: Lines) -> None:
    with context.scope(request_id="r", trace_id="t"):
        context.assign(user_id="u", job_id="j")
        log.info("inside")
    inside = lines.last()
    log.info("outside")

    assert [inside[name] for name in ("requestId", "traceId", "userId", "jobId")] == [
        "r",
        "t",
        "u",
        "j",
    ]
    assert "requestId" not in lines.last()


async def test_ids_follow_into_tasks_and_threads(lines: Lines) -> None:
    async def task() -> None:
        log.info("task")
        await asyncio.to_thread(logging.getLogger("library").warning, "thread")

    with context.scope(request_id="r-7"):
        started = asyncio.create_task(task())
    await started

    assert [(line["msg"], line["requestId"]) for line in lines.all()] == [
        ("task", "r-7"),
        ("thread", "r-7"),
    ]


def test_an_exception_becomes_type_message_and_stack_without_secrets(lines: Lines) -> None:
    for write in (
        lambda error: log.exception("failed"),  # noqa: LOG004 - called in one
        lambda error: log.error("failed", exc_info=error),
        lambda error: log.error("failed", err=error),
        lambda error: log.error("failed", error=error),
        lambda error: logging.getLogger("library").exception("failed"),  # noqa: LOG004
    ):
        try:
            raise LookupError("no asset, password=hunter2hunter2")
        except LookupError as error:
            write(error)
        line = lines.last()
        err = line["err"]
        assert isinstance(err, dict)
        assert err["type"] == "LookupError"
        assert err["message"] == "no asset, password=[redacted]"
        assert err["stack"].startswith("Traceback (most recent call last):\n  File ")
        assert line["msg"] == "failed"
        assert "hunter2" not in json.dumps(line)


def test_loggers_of_the_standard_library_write_the_same_shape(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").warning(
        "bound to %s", 3004, extra={"port": 3004, "token": "s3cr3t"}
    )

    line = lines.last()
    assert (line["level"], line["name"], line["msg"]) == (40, "uvicorn.error", "bound to 3004")
    assert (line["port"], line["token"]) == (3004, "[redacted]")


def test_handlers_that_libraries_made_give_way_and_come_back(tmp_path: Path) -> None:
    library = logging.getLogger("noisy.library")
    own = logging.StreamHandler()
    library.addHandler(own)
    library.propagate = False
    lines = Lines(tmp_path / "log")
    library.warning("here")
    dbos = logging.getLogger("dbos")
    claimed = bool(dbos.handlers)
    lines.close()

    assert [line["msg"] for line in map(json.loads, lines.path.read_text().splitlines())] == [
        "here"
    ]
    assert claimed, "DBOS sets up a handler of its own where it finds none"
    assert library.handlers == [own]
    assert not library.propagate
    library.removeHandler(own)


def test_warnings_of_python_are_lines_too(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        lines = Lines(tmp_path / "log")
        warnings.simplefilter("always")
        warnings.warn("old call", DeprecationWarning, stacklevel=1)
        line = lines.last()
        lines.close()

    assert line["name"] == "py.warnings"
    assert "old call" in str(line["msg"])


def test_levels_change_while_running(lines: Lines) -> None:
    log.debug("hidden")
    lines.system.set_level("asset_forge", "debug")
    log.debug("shown")
    lines.system.set_level("asset_forge.test_lines", "ERROR")
    log.warning("hidden")
    assert lines.system.levels()["root"] == "info"
    assert lines.system.levels()["asset_forge"] == "debug"
    assert lines.system.levels()["asset_forge.test_lines"] == "error"
    lines.system.set_level("asset_forge.test_lines", "inherit")
    log.debug("shown again")
    logging.getLogger("asset_forge.test_lines").debug("the standard's too")

    assert [line["msg"] for line in lines.all()] == ["shown", "shown again", "the standard's too"]


def test_closing_puts_levels_back(tmp_path: Path) -> None:
    before = logging.root.level
    lines = Lines(tmp_path / "log", level="trace", levels={"some.library": "critical"})
    assert lines.system.levels()["some.library"] == "critical"
    lines.close()

    assert logging.root.level == before
    assert logging.getLogger("some.library").level == logging.NOTSET


def test_unknown_levels_are_refused_all_at_once() -> None:
    with pytest.raises(
        ValueError, match="root: log level 'loud' is unknown: use one of trace, debug"
    ) as caught:
        configure_logging(level="loud", levels={"uvicorn": "quiet"})

    assert "uvicorn: log level 'quiet'" in str(caught.value)


def test_an_unknown_level_while_running_changes_nothing(lines: Lines) -> None:
    with pytest.raises(ValueError, match="'verbose' is unknown"):
        lines.system.set_level("asset_forge", "verbose")
    with pytest.raises(ValueError, match="'inherit' is unknown"):
        lines.system.set_level("root", "inherit")

    assert lines.system.levels()["root"] == "info"


def test_lines_are_counted_by_level(lines: Lines) -> None:
    log.info("x")
    log.debug("hidden")
    logging.getLogger("library").error("y")

    assert {name: one.value for name, one in lines.messages.series.items() if one.value} == {
        "info": 1,
        "error": 1,
    }
    assert LOG_MESSAGES.labels[0].values == tuple(lines.messages.series)


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__


def test_a_line_is_one_line_whatever_it_is_given(lines: Lines) -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    log.info(
        "one\ntwo\r\n\x1b[31m\x00\u2028",
        surrogate="\ud800",
        number=float("nan"),
        data=b"\xff\n",
        rude=Rude(),
        cycle=cycle,
        huge="x" * 10_000_000,
        big=10**400,
        **{"key\n": 1, "msg": "mine", "level": 9, "event": "mine", "": 0},
    )
    log.info("%d of %s", "wrong", 1)
    log.info("%s", Rude())
    log.info({"a": 1})  # type: ignore[arg-type]
    log.info(None)  # type: ignore[arg-type]
    record = logging.LogRecord("library", logging.INFO, __file__, 1, "%d %d", ("wrong",), None)
    next(one for one in logging.root.handlers if isinstance(one, StandardHandler)).handle(record)

    found = lines.all()
    assert len(lines.text().split("\n")) == 7
    assert found[0]["msg"] == "one\ntwo\r\n\x1b[31m\x00\u2028"
    assert (found[0]["level"], found[0]["level_"], found[0]["msg_"], found[0]["event_"]) == (
        30,
        9,
        "mine",
        "mine",
    )
    assert len(lines.text()) < 20_000
    assert "\x1b" not in lines.text()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.text(), st.dictionaries(st.text(max_size=12), VALUES, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_event_is_one_json_object_on_one_line(
    lines: Lines, message: str, fields: dict[str, object]
) -> None:
    before = len(lines.text())
    log.info(message, **fields)
    written = lines.text()[before:]

    assert written.endswith("\n")
    assert written.count("\n") == 1
    line = json.loads(written)
    assert line["level"] == 30
    assert line["name"] == "asset_forge.test_lines"


def test_a_terminal_gets_aligned_colors_and_no_control_characters(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "log", style="console")
    log.warning("careful\x1b[2J\nnow", path="/a b", count=2)
    try:
        raise ValueError("bad\x1b[2J")
    except ValueError:
        log.exception("failed")
    text = lines.text()
    lines.close()

    first, second, *stack = text.splitlines()
    assert "\x1b[33mWARNING \x1b[0m" in first
    assert "careful\\x1b[2J\\nnow" in first
    assert '="/a b"' in first
    assert "\x1b[31mERROR   \x1b[0m" in second
    assert "ValueError: bad\\x1b[2J" in stack[-1]
    assert first.index("asset_forge.test_lines") == second.index("asset_forge.test_lines")


def test_a_file_is_no_terminal_and_gets_json(lines: Lines) -> None:
    log.info("x")

    assert lines.text().startswith("{")


def test_tools_of_structlog_for_tests_still_work(lines: Lines) -> None:
    with capture_logs() as captured:
        log.info("seen", n=1)

    assert captured == [{"event": "seen", "n": 1, "log_level": "info"}]
    assert lines.text() == ""


def test_modules_that_kept_a_logger_write_to_the_next_system(tmp_path: Path) -> None:
    for number in range(3):
        lines = Lines(tmp_path / str(number), redactor=Redactor(known_secrets=["opensesame"]))
        log.info("opensesame", number=number)
        log.bind(bound=1).info("bound")
        assert [line["msg"] for line in lines.all()] == ["[redacted]", "bound"]
        lines.close()
