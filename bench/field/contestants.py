"""Who is measured."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.field.starts import GATEWAY, ONE, TOKEN, TWO, Starter, mesh, node, trunkline, uvicorn

NODE = ("node", "npm")


@dataclass(frozen=True)
class Contestant:
    """One to be measured.

    role: `trunkline`, `peer`, or `floor`, which is no gateway. twice: it asks two systems for everything. token,
    provenance: it is asked with a token of the customer, and for provenance. parts: of Trunkline's configuration.
    key: of which type it takes keys to be. needs: commands without which it cannot be had.
    """

    name: str
    role: str
    start: Starter
    parts: tuple[str, ...] = ()
    path: str = "/graphql"
    key: str = "ID!"
    needs: tuple[str, ...] = ()
    twice: bool = False
    token: bool = False
    provenance: bool = False


def ours(name: str, *parts: str, twice: bool = False, token: bool = False, provenance: bool = False) -> Contestant:
    """Trunkline, configured by these parts."""
    start = trunkline(*parts)
    return Contestant(name, "trunkline", start, parts, twice=twice, token=token, provenance=provenance)


CONTESTANTS: Mapping[str, Contestant] = {
    one.name: one
    for one in (
        ours("trunkline", ONE, GATEWAY),
        ours("trunkline-token", ONE, GATEWAY, TOKEN, token=True),
        ours("trunkline-provenance", ONE, GATEWAY, provenance=True),
        ours("trunkline-two", TWO, GATEWAY, twice=True),
        Contestant("floor", "floor", uvicorn("bench.field.floor:app")),
        Contestant("mercurius-jit", "peer", node("mercurius.js"), needs=NODE),
        Contestant("yoga-jit", "peer", node("yoga.js", JIT="1"), needs=NODE),
        Contestant("mercurius-jit-two", "peer", node("mercurius.js", TWICE="1"), needs=NODE, twice=True),
        Contestant("yoga-jit-two", "peer", node("yoga.js", JIT="1", TWICE="1"), needs=NODE, twice=True),
        Contestant("apollo", "peer", node("apollo.js"), path="/", needs=NODE),
        Contestant("mesh-hive-jit", "peer", mesh, key="String!", needs=NODE),
        Contestant("strawberry-tuned", "peer", uvicorn("bench.field.straw:app", TUNED="1"), path="/graphql/"),
        Contestant("strawberry", "peer", uvicorn("bench.field.straw:app"), path="/graphql/"),
    )
}
