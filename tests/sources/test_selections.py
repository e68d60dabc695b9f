"""From paths to selections: what is asked for is what is read, whatever is wanted."""

from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st

from model.ask import Ask
from model.caller import Caller
from sources.configuration import read_sources
from sources.grammar.graphql import GraphqlDeclaration
from sources.oddities import Oddities
from sources.paths import BadPath
from sources.positions import Document
from sources.rooted import rooted
from sources.roots import Root, RootLookup
from sources.selections import Selection, printed, reached
from tests.sources.quality import SCHEMA

DECLARED = """
sources:
  quality:
    speaks: graphql
    url: http://127.0.0.1:1
    records:
      circuit:
        code: code
        name: not_null(title, owner.name)
        bandwidth_bps: {at: speed, unit: Mbps}
        state: state
        customer: owner.number
        sla_class: "tags[?kind=='sla'].value | [0]"
        a_end: {at: owner, record: {site: number, address: name}}
        z_end: {record: {port: "tags[0].value"}}
        keys: {nms: "sort_by(tags, &kind)[0].value"}
    lookups: {circuit list: {ask: circuits, each: "edges[].node"}}
"""
FIELDS = ("code", "name", "bandwidth_bps", "state", "customer", "sla_class", "a_end", "z_end")


def lookup() -> RootLookup:
    """The lookup that is declared."""
    declared = read_sources(Document.parse(DECLARED, "trunkline.yaml"))["quality"]
    assert isinstance(declared, GraphqlDeclaration)
    return rooted("quality", declared, Oddities("quality"))["circuit list"]


LOOKUP = lookup()


def within(less: Selection, more: Selection) -> bool:
    """Whether one selection is a part of another."""
    return all(name in more and within(inner, more[name]) for name, inner in less.items())


@given(st.frozensets(st.sampled_from(FIELDS)), st.frozensets(st.sampled_from(FIELDS)))
def test_who_wants_less_asks_for_no_more(some: frozenset[str], others: frozenset[str]) -> None:
    """A selection grows with what is wanted and with nothing else, and is one of the schema's."""
    assert within(LOOKUP.selection(some), LOOKUP.selection(some | others))
    ask = Ask(fields=some, caller=Caller("test"), deadline=0.0)
    (operation,) = LOOKUP.operations([Root((), {})], ask)
    assert validate(SCHEMA, parse(operation.query)) == []


@pytest.mark.parametrize(
    ("path", "selection"),
    [
        ("a", "{a}"),
        ("a.b.c", "{a{b{c}}}"),
        ("a[].b", "{a{b}}"),
        ("a[0].b", "{a{b}}"),
        ("a[1:].b", "{a{b}}"),
        ("a[?b=='x' && c!=`1`].d | [0].e", "{a{b c d{e}}}"),
        ("not_null(a, b.c)", "{a b{c}}"),
        ("a || b.c", "{a b{c}}"),
        ("(a || b).c", "{a{c} b{c}}"),
        ("max_by(a, &b).c", "{a{b c}}"),
        ("[a, b.c]", "{a b{c}}"),
        ("{x: a, y: b[0]}", "{a b}"),
        ("join(', ', a[].b)", "{a{b}}"),
        ("!a", "{a}"),
        ("@", "{__typename}"),
        ("`1`", "{__typename}"),
    ],
)
def test_what_a_path_reads_is_selected(path: str, selection: str) -> None:
    """In whatever way JMESPath reads it, compared and sorted by included."""
    found: dict[str, Any] = {}
    reached(path, [found])
    assert printed(found, lambda way: "") == selection


@pytest.mark.parametrize("path", ["*", "a.*.b", "a[*].*", "keys(a).b | [0].c.*", "{x: a}.x", '"a b"', "a["])
def test_a_path_that_does_not_name_what_it_reads(path: str) -> None:
    """What it would read cannot be asked for."""
    with pytest.raises(BadPath):
        reached(path, [{}])
