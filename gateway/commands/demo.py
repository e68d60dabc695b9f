"""`trunkline demo`: a pretend operator and a gateway in front of it, by one command."""

import os
import threading
from typing import Annotated

import typer

from gateway.admission import AuthSection
from gateway.assembly import assemble, gateway_app
from gateway.commands.configured import settled
from gateway.demonstration import demo_configuration
from gateway.logs import start_log
from gateway.pretend_operator import DidNotStart, PretendOperator, pretend_operator
from gateway.reception import entrance
from gateway.server import CannotListen, listen, serve, url_of
from gateway.story import tell
from gateway.terminal import FAILED, say, stop

QUERY = "{ customers(first: 2) { nodes { id name circuits(first: 2) { nodes { code state } } } } }"


def demo(
    port: Annotated[int, typer.Option(help="The gateway's port; 0 takes any free one.")] = 8080,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    circuits: Annotated[int, typer.Option(min=20, help="How many circuits the pretend operator has.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed is another operator.")] = 7,
    sign_in: Annotated[bool, typer.Option("--sign-in", help="Demand tokens, as a real deployment does.")] = False,
    story: Annotated[bool, typer.Option("--story", help="Tell a story: a fibre is cut, a work planned ...")] = False,
    pace: Annotated[float, typer.Option(min=0, help="Seconds for each chapter of the story.")] = 8.0,
) -> None:
    """Start a pretend operator's systems and a gateway in front of them. Ctrl-C ends both."""
    if sign_in and story:
        stop("the story is told where nobody has to sign in: --story goes without --sign-in")
    try:
        listening = listen(host, port)
        with listening, pretend_operator(circuits, seed) as operator:
            configuration = demo_configuration(operator, os.environ)
            settings = settled(configuration.gateway, host=host, port=port)
            start_log(settings)
            who = entrance(configuration.auth or AuthSection(), policy=configuration.policy, open_to_all=not sign_in)
            app = gateway_app(assemble(configuration, settings), settings, entrance=who)
            url, ended = url_of(listening), threading.Event()

            def ready() -> None:
                _welcome(url, operator, sign_in)
                if story:
                    told = (operator.control, f"{url}/graphql", say, pace, ended)
                    threading.Thread(target=tell, args=told, daemon=True).start()

            try:
                serve(app, listening, settings, ready=ready)
            finally:
                ended.set()
    except (CannotListen, DidNotStart) as error:
        stop(str(error), FAILED)
    except KeyboardInterrupt:
        pass  # Ctrl-C before the gateway was up


def _welcome(url: str, operator: PretendOperator, sign_in: bool) -> None:
    curl = f"""curl -s {url}/graphql -H 'content-type: application/json' -d '{{"query": "{QUERY}"}}'"""
    say(f"ready {url}/graphql")
    say()
    if sign_in:
        say(
            "  ask as one of its users        "
            + curl
            + f' -H "Authorization: Bearer $(trunkline token operator --url {url})"'
        )
    else:
        say("  ask as the operator's staff    " + curl)
        say("  ask as one customer            add -H 'X-Trunkline-Customer: C100001'")
    say(f"  a page for people              {url}/")
    say(f"  state of the sources           {url}/readyz")
    say(f"  switches of the systems        {operator.control}")
    for name, system in operator.systems.items():
        say(f"  {name:<30} {', '.join(system.apis.values())}")
    say()
    how = "Everybody signs in here, as whomever they like" if sign_in else "Nobody signs in here"
    say(f"{how}: this is for trying out, on this machine. Ctrl-C ends it.")
