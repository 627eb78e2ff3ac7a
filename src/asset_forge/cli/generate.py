"""`asset-forge generate`: one asset from the shell, through the same durable pipeline."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from asset_forge import faults
from asset_forge.application import Application
from asset_forge.asset_types import AssetType
from asset_forge.cli.startup import prepare
from asset_forge.database.models import Generation
from asset_forge.generation.pipeline import STAGES
from asset_forge.generation.service import GenerationRequest
from asset_forge.settings import load_settings


def generate(
    prompt: Annotated[str, typer.Argument(help="What to make.")],
    type_: Annotated[AssetType, typer.Option("--type", "-t", help="What kind of asset it is.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the file.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same prompt and seed give the same file.")
    ] = None,
    provider: Annotated[str, typer.Option(help="Who makes it; auto takes the first that can.")] = (
        "auto"
    ),
    name: Annotated[str | None, typer.Option(help="The asset's name.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="An option as KEY=VALUE; may be repeated.")
    ] = None,
) -> None:
    """Make one asset and write its file."""
    if output is not None:
        _check_place(output)
    request = GenerationRequest(
        name=name or prompt[:80],
        type=type_.value,
        prompt=prompt,
        provider=provider,
        seed=seed,
        options=_parse_options(option or []),
    )
    raise typer.Exit(asyncio.run(_generate(request, output)))


def _parse_options(pairs: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key:
            raise typer.BadParameter(f"{pair!r}: write it as KEY=VALUE", param_hint="--option")
        try:
            options[key] = json.loads(value)
        except json.JSONDecodeError:
            options[key] = value
    return options


async def _generate(request: GenerationRequest, output: Path | None) -> int:
    settings = load_settings({**os.environ, "RUN_JOBS": "true"})
    await asyncio.to_thread(prepare, settings)
    application = Application(settings, log_to=2)
    async with application.working():
        principal = await application.accounts.ensure_local_operator()
        row = await application.generations.submit(principal, request)
        row = await _follow(application, row)
        if row.status != "succeeded" or row.asset_id is None:
            Console(stderr=True).print(
                f"asset-forge: the generation {row.status}: {row.error_message} ({row.error_type})",
                markup=False,
                soft_wrap=True,
            )
            return 1
        asset = await application.assets.get(principal, row.asset_id)
        path = output or Path(f"{asset.id}.{asset.file_type}")
        content = await application.storage.read(asset.storage_key)
        _write(path, content)
    print(f"{path}  {asset.size_bytes} bytes  seed {row.seed}")
    return 0


async def _follow(application: Application, row: Generation) -> Generation:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(f"{row.type}", total=len(STAGES))
        async for current in application.generations.changes(row):
            if current is not None:
                row = current
                done = sum("durationSeconds" in row.stages.get(name, {}) for name in STAGES)
                finished = len(STAGES) if row.status == "succeeded" else done
                label = row.stage if row.status == "running" else row.status
                progress.update(bar, completed=finished, description=f"{row.type}: {label}")
    return row


def _check_place(path: Path) -> None:
    """Refuse a place that cannot be written before anything is made for it."""
    if path.is_dir():
        raise faults.Unavailable(f"--output {str(path)!r} is a directory; name a file in it")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


def _write(path: Path, content: bytes) -> None:
    """Write beside the place and rename, so that a full disk leaves no half file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> faults.Unavailable:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return faults.Unavailable(
        f"--output {str(path)!r} cannot be written ({reason}); name a file in a directory that "
        "exists and is writable for this user"
    )
