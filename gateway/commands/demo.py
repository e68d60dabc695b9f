"""`trunkline demo`: a pretend operator and a gateway in front of it, by one command."""

import os
import threading
from typing import Annotated

import typer

from gateway.assembly import assemble, gateway_app
from gateway.commands.configured import settled
from gateway.demonstration import demo_configuration
from gateway.logs import start_log
from gateway.pretend_operator import DidNotStart, PretendOperator, pretend_operator
from gateway.server import CannotListen, listen, serve, url_of
from gateway.story import tell
from gateway.terminal import FAILED, say, stop

QUERY = "{ customers(first: 2) { nodes { id name circuits(first: 2) { nodes { code state } } } } }"


def demo(
    port: Annotated[int, typer.Option(help="The gateway's port; 0 takes any free one.")] = 8080,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    circuits: Annotated[int, typer.Option(min=20, help="How many circuits the pretend operator has.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed is another operator.")] = 7,
    story: Annotated[bool, typer.Option("--story", help="Tell a story: a fibre is cut, a work planned ...")] = False,
    pace: Annotated[float, typer.Option(min=0, help="Seconds for each chapter of the story.")] = 8.0,
) -> None:
    """Start a pretend operator's systems and a gateway in front of them. Ctrl-C ends both."""
    try:
        listening = listen(host, port)
        with listening, pretend_operator(circuits, seed) as operator:
            configuration = demo_configuration(operator, os.environ)
            settings = settled(configuration.gateway, host=host, port=port)
            start_log(settings)
            app = gateway_app(assemble(configuration), settings, staff_by_default=True)
            url, ended = url_of(listening), threading.Event()

            def ready() -> None:
                _welcome(url, operator)
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


def _welcome(url: str, operator: PretendOperator) -> None:
    curl = f"""curl -s {url}/graphql -H 'content-type: application/json' -d '{{"query": "{QUERY}"}}'"""
    say(f"ready {url}/graphql")
    say()
    say("  ask as the operator's staff    " + curl)
    say("  ask as one customer            add -H 'X-Trunkline-Customer: C100001'")
    say(f"  a page for people              {url}/")
    say(f"  state of the sources           {url}/readyz")
    say(f"  switches of the systems        {operator.control}")
    for name, system in operator.systems.items():
        say(f"  {name:<30} {', '.join(system.apis.values())}")
    say()
    say("Nobody signs in here: this is for trying out, on this machine. Ctrl-C ends it.")
