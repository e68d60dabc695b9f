"""Attacks, each against the whole gateway: refused soon, and whoever asks meanwhile is answered within a second."""

import json
import re
import time

import anyio
import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.app import application
from gateway.generations import Generations
from gateway.guard.guarded import Guarded
from gateway.settings import Settings
from gateway.strawberry_execution import StrawberryExecutor
from model.caller import Caller
from resolvers.upstreams import Upstreams
from schema.root import schema

JSON = {"content-type": "application/json"}
VIEWER = {"query": "{ viewer { subject } }"}
AT_ONCE = 8
"""So many attacks run at the same time, each a little different from the others."""


def gateway(**said):
    """Put a gateway together as it is served, with no sources behind it."""
    upstreams, rules = Upstreams({}), Settings(drain=0.0, **said)
    return Guarded(StrawberryExecutor(schema), schema, upstreams, rules.rules)


def query(text):
    """Make a body of a document."""
    return json.dumps({"query": text}).encode()


def spreads(count):
    """Write fragments that would unfold to 2^count fields."""
    inner = " ".join(f"fragment f{n} on Viewer {{ ...f{n + 1} ...f{n + 1} }}" for n in range(count))
    return f"{{ viewer {{ ...f0 }} }} {inner} fragment f{count} on Viewer {{ subject }}"


def wide(field, count):
    """Write many of a field."""
    return "{ viewer {" + " ".join(field.format(n=n) for n in range(count)) + "} }"


ATTACKS = {
    "a document of 1 MB": query("{" + "viewer { subject } " * 50_000 + "}"),
    "a document of 200 kB": query("{" + "viewer { subject } " * 10_500 + "}"),
    "1,500 overlapping fields": query("{" + "viewer { subject } " * 1_500 + "}"),
    "overlapping fields, just within the bounds": query("{" + f"viewer {{ {'subject ' * 6} }}" * 40 + "}"),
    "10,000 duplicates": query(wide("subject", 10_000)),
    "1,000 aliases": query(wide("a{n}: subject", 1_000)),
    "500 unknown directives": query(wide("subject @d{n}", 500)),
    "100 unknown directives": query(wide("subject @d{n}", 100)),
    "200 unknown fields": query(wide("nothing{n}", 200)),
    "20 fragments that unfold to a million": query(spreads(20)),
    "95 fragments that unfold to 2^95": query(spreads(95)),
    "4,000 tokens, just within the bounds": query(
        "{ circuits { nodes {"
        + " ".join(f"a{n}: alarms(first: 1) {{ nodes {{ id port element {{ name }} }} }}" for n in range(95))
        + "} } }"
    ),
    "values nested 20,000 deep": query("{ customer(id: " + "[" * 20_000 + "]" * 20_000 + ") { name } }"),
    "selections nested 20,000 deep": query("{ a " * 20_000),
    "a text of 60 kB that does not end": query('{ customer(id: "' + "a\\" * 20_000),
    "variables nested 100,000 deep": b'{"query":"{viewer{subject}}","variables":{"a":'
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}}",
    "variables nested 500 deep": b'{"query":"{viewer{subject}}","variables":{"a":' + b"[" * 500 + b"]" * 500 + b"}}",
    "300,000 variables": json.dumps({"query": "{viewer{subject}}", "variables": {"a": [1] * 300_000}}).encode(),
    "numbers of 4,000 digits": b'{"query":"{viewer{subject}}","variables":{"a":['
    + b",".join([b"9" * 4_000] * 200)
    + b"]}}",
    "a number of 5,000 digits": b'{"query":"{viewer{subject}}","variables":{"a":' + b"9" * 5_000 + b"}}",
    "JSON nested 100,000 deep": b"[" * 100_000,
    "null": b"null",
    "a text": b'"{viewer{subject}}"',
    "what is no UTF-8": b'{"query": "\xff\xfe\xed\xa0\x80"}',
    "20 MB": b"x" * 20_000_000,
    "a billion rows": query(
        "{ customers(first: 1000) { nodes { circuits(first: 1000) { nodes { alarms(first: 1000) { missing { code } } }"
        " } } } }"
    ),
}


def varied(body, number):
    """Make an attack a little different, so that nobody has seen it before."""
    return body.replace(b'{"query": "', b'{"query": "#%d\\n' % number, 1)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.anyio
async def test_during_an_attack_others_are_answered_within_a_second(running, attack):
    """Each of several such requests is refused, and a query that comes while they are looked at does not wait."""
    body, waited, codes = ATTACKS[attack], [], []

    def caller_of(headers):
        return Caller(headers.get("x-who", "attacker"), customers=frozenset({"C1"}))

    async with running(execute=gateway(), caller_of=caller_of) as client:
        await client.post("/graphql", json=VIEWER)

        async def strike(number):
            answer = await client.post("/graphql", content=varied(body, number), headers=JSON)
            codes.append((answer.status_code, "errors" in answer.json()))

        async def ask():
            for number in range(3):
                fresh = {"query": "{ viewer { subject } } # %d" % number}  # noqa: UP031 - braces are GraphQL's
                started = time.process_time()  # whatever else the machine does is not the gateway's doing
                answer = await client.post("/graphql", json=fresh, headers={"x-who": "ann"})
                waited.append(time.process_time() - started)
                assert {"data": {"viewer": {"subject": "ann"}}} == {"data": answer.json()["data"]}

        async with anyio.create_task_group() as tasks:
            for number in range(AT_ONCE):
                tasks.start_soon(strike, number)
            tasks.start_soon(ask)

    assert max(waited) < 1.0, waited
    refused = {code for code, told in codes if told or code >= 400}
    assert refused <= {200, 400, 413}
    if "within the bounds" not in attack:
        assert all(told for _, told in codes), codes


TELLTALE = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|https?://|/(?:home|root|usr|tmp)/|0x[0-9a-f]{6}|object at|<class|NoneType"
    r"|\b(?:strawberry|msgspec|pydantic|starlette|uvicorn|asyncio|graphql\.)"
    r"|(?:Value|Type|Key|Attribute|Index|Recursion|Runtime|Unicode\w*)Error|positional argument|__\w+__",
)
"""What an answer says only when it tells of our insides."""

WORDS = """
    { } ( ) [ ] : $ @ ! | = ... # " \\" \\\\ & - 1 2.5 1e9 true null query mutation subscription fragment on
    viewer subject customers circuits nodes first filter id alarms raisedFrom __typename __schema include if
    skip node customer Viewer Q $a Int ID DateTime
""".split()  # noqa: SIM905 - a list of quoted words hides the words
HEADERS = """
    accept content-type accept-encoding origin sec-fetch-site host cookie if-none-match x-request-id expect
""".split()  # noqa: SIM905 - see above
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=60)
TYPED = st.sampled_from(
    [
        "query ($a: DateTime) { alarms(filter: {raisedFrom: $a}) { totalCount } }",
        "query ($a: Int!) { customers(first: $a) { totalCount } }",
        "query ($a: ID!) { node(id: $a) { id } customer(id: $a) { name } circuit(id: $a) { code } }",
        "query ($a: CircuitFilter) { circuits(filter: $a) { totalCount } }",
        "query ($a: String) { circuits(after: $a) { totalCount } }",
        "query ($a: CircuitOrder) { circuits(orderBy: $a) { totalCount } }",
        "query ($a: String!) { search(text: $a) { totalCount } }",
        "query ($a: Boolean!) { viewer @skip(if: $a) { subject } }",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=200),
    ANY_JSON.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {"query": DOCUMENTS | ANY_JSON},
        optional={"variables": ANY_JSON, "operationName": ANY_JSON, "extensions": ANY_JSON},
    ).map(lambda value: json.dumps(value).encode()),
    st.builds(lambda text, value: json.dumps({"query": text, "variables": {"a": value}}).encode(), TYPED, ANY_JSON),
)


@pytest.fixture(scope="module")
def portal():
    """An event loop for tests that hypothesis runs many times."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def within(portal: BlockingPortal):
    """A client of a gateway in this process, which answers errors as it would be served."""
    rates = {"caller": "1000000/second"}
    said = Settings(rates=rates)
    app = application(Generations(Upstreams({}), gateway(rates=rates)), said, lambda _: Caller("c"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
    yield client
    portal.call(client.aclose)


MANY = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def check(response, sent):
    """See that it is an answer of ours, and tells nothing of how we are made."""
    assert response.status_code == 200 or 400 <= response.status_code < 500, (response.text, sent)
    told = response.json()
    assert told.keys() <= {"data", "errors", "extensions"}
    messages = " ".join(error["message"] for error in told.get("errors", ()))
    leaked = [word for word in TELLTALE.findall(messages) if word not in str(sent)]
    assert not leaked, (messages, sent)
    assert all(error["extensions"]["code"] != "INTERNAL" for error in told.get("errors", ())), (told, sent)


@MANY
@given(body=BODIES)
def test_no_body_brings_out_our_insides(portal, within, body):
    """Whatever is posted: an answer or a refusal, in our own words, and soon."""
    started = time.process_time()
    response = portal.call(lambda: within.post("/graphql", content=body, headers=JSON))
    check(response, body)
    assert time.process_time() - started < 2


@MANY
@given(
    asked=st.dictionaries(
        st.sampled_from(["query", "variables", "operationName", "extensions", "x"]),
        DOCUMENTS | TYPED | ANY_JSON.map(json.dumps) | st.text(max_size=30),
    ),
    accept=st.sampled_from(["*/*", "application/json", "application/graphql-response+json"])
    | st.text("a/*;q=., ", max_size=20),
)
def test_no_address_brings_out_our_insides(portal, within, asked, accept):
    """Neither by GET, whatever is accepted."""
    encoded = {key: value.encode("utf-8", "surrogatepass") for key, value in asked.items()}
    response = portal.call(lambda: within.get("/graphql", params=encoded, headers={"accept": accept}))
    check(response, asked)


@MANY
@given(
    headers=st.dictionaries(
        st.sampled_from(HEADERS),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    )
)
def test_no_header_brings_out_our_insides(portal, within, headers):
    """Nor does what is said about the request."""
    response = portal.call(lambda: within.post("/graphql", json=VIEWER, headers=headers))
    check(response, headers)
