"""`importer run`: send the changes of a sheet."""

from __future__ import annotations

from pathlib import Path

from importer.cli.given import Given, Manner, Reports, Shape
from importer.cli.perform import perform
from importer.cli.screen.console import tell
from importer.errors import SettingsError
from importer.model.modes import Mode
from importer.phrases import listed
from importer.settings import ENV_PREFIX, Settings
from importer.story.order import Order


def run(
    source: Path,
    sandbox: bool,
    dry_run: bool,
    limit: int | None,
    given: Given,
    shape: Shape,
    reports: Reports,
    manner: Manner,
) -> int:
    """Send the valid rows of a source, or do everything but that, and return the exit code."""
    if sandbox and (given.base_url or given.group_id or given.linked_account_id):
        tell("Warning: --sandbox brings its own address, group and account; those given as options are not used.")
    settings = given.settings()
    if not (sandbox or dry_run):
        _expect_key(settings)
    order = Order(
        mode=Mode.DRY_RUN if dry_run else Mode.RUN,
        source=source,
        sandbox=sandbox,
        reading=shape.reading(settings),
        limit=limit,
    )
    return perform(reports.wished(order), settings, manner)


def _expect_key(settings: Settings) -> None:
    """Raise `SettingsError` where there is no key, with what else is missing, before anything is read."""
    targets = {"group_id": settings.group_id, "linked_account_id": settings.linked_account_id}
    missing = [name for name, value in targets.items() if value is None]
    try:
        settings.key()
    except SettingsError as error:
        if error.code == "key_missing" and missing:
            names = listed([name.removesuffix("_id").replace("_", " ") for name in missing])
            options = listed([f"--{name.replace('_', '-')}" for name in missing])
            variables = listed([f"{ENV_PREFIX}{name.upper()}" for name in missing])
            error.message += f" And nothing says which {names} to send to, unless each row does."
            error.hint += f" Give {options} (or {variables}), or have columns of these names in the sheet."
        raise
