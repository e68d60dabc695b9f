"""The configuration that a command is about, or every mistake in it on the standard error."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from gateway.configuration import Configuration, load
from gateway.settings import Settings, settle
from gateway.terminal import stop
from sources.positions import ConfigurationError

DEFAULT = Path("trunkline.yaml")

ConfigFile = Annotated[Path, typer.Argument(help="The configuration file.", show_default=True)]


def configured(path: Path, *, without_secrets: bool = False) -> Configuration:
    """Read a configuration file; end with all of its mistakes. without_secrets: see `load`."""
    try:
        return load(path, without_secrets=without_secrets)
    except ConfigurationError as error:
        count = len(error.mistakes)
        stop("\n".join([*map(str, error.mistakes), f"{count} mistake{'s'[: count != 1]} in {path}"]))


def settled(section: Settings, **options: Any) -> Settings:
    """Combine the file's settings with the environment and the options; end when one of these is wrong."""
    try:
        return settle(section, options)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False))
        stop("\n".join(f"wrong option or TRUNKLINE_ variable: {line}" for line in wrong))
