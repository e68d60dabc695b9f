"""`trunkline serve`: the gateway over the systems of a configuration."""

import logging
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from socket import socket
from typing import Annotated

import typer

from gateway.admission import AuthSection
from gateway.assembly import assemble, gateway_app
from gateway.commands.configured import DEFAULT, configured, settled
from gateway.logs import start_log
from gateway.reception import entrance
from gateway.server import CannotListen, listen, serve, url_of
from gateway.settings import Settings
from gateway.terminal import FAILED, say, stop

log = logging.getLogger("trunkline.configuration")

NOT_WITHOUT_SIGN_IN = """\
trunkline serve does not start: the configuration has no section auth:, so that whoever reaches the port could read
everything. With --insecure-open it starts all the same: every request without credentials or an X-Trunkline-Customer
header is then answered as one of the operator's staff. Do that only where nobody else can reach it."""


def start(
    config: Annotated[Path, typer.Option(help="The configuration file.")] = DEFAULT,
    insecure_open: Annotated[bool, typer.Option("--insecure-open", help="Start without sign-in.")] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes any free one.")] = None,
) -> None:
    """Answer GraphQL over the systems of a configuration."""
    configuration = configured(config, without_secrets=True)
    settings = settled(configuration.gateway, host=host, port=port)
    if not insecure_open and configuration.auth is None:
        stop(NOT_WITHOUT_SIGN_IN)
    start_log(settings)
    for mistake in configuration.absent:
        log.warning("%s", mistake)
    with _taken(settings.host, settings.port) as listening, _figures_at(settings) as figures_at:
        auth = configuration.auth or AuthSection()
        who = entrance(auth, configuration.store, configuration.policy, open_to_all=insecure_open)
        upstreams = assemble(configuration, settings)
        app = gateway_app(upstreams, settings, entrance=who, read_from=(config, configuration), figures_at=figures_at)
        told = " (open: no sign-in)" if insecure_open else ""
        serve(app, listening, settings, ready=lambda: say(f"ready {url_of(listening)}/graphql{told}"))


def _figures_at(settings: Settings) -> AbstractContextManager[socket | None]:
    """Take the address of `/metrics`, if it has one of its own."""
    address = settings.metrics.address if settings.metrics else None
    return _taken(*address, "gateway.metrics.listen: ") if address else nullcontext()


def _taken(host: str, port: int, setting: str = "") -> socket:
    """Take an address; who started it is told where it cannot be had."""
    try:
        return listen(host, port)
    except CannotListen as error:
        stop(f"{setting}{str(error).partition(': choose')[0] if setting else error}", FAILED)
