"""`trunkline explain`: what an operation will ask, told without asking; and what it did ask, beside it."""

import re

import pytest

from tests.gateway.commanding import lines, run, written

DEEP = """
query Deep($first: Int = 3) {
  customers(first: $first) { nodes {
    name
    circuits(first: 5) { nodes { code state alarms(first: 5) { nodes { perceivedSeverity element { name vendor } } } } }
  } }
}
"""
ROUTES = (
    "{ circuits(first: 4) { nodes { code routes { hops { element { name } } } kpi(kpi: AVAILABILITY) { unit } } } }"
)
TICKETS = "{ tickets(first: 3) { nodes { title customer { name } } } }"


def asked(told, after):
    """The waves that a table tells, below a line that begins so: (wave, source, lookup) of each."""
    start = next(number for number, line in enumerate(told) if line.startswith(after))
    rows = []
    for line in told[start + 1 :]:
        if match := re.match(r"(\d+) (\S+) (\w+ (?:list|by \w+)) ", line):
            rows.append((int(match[1]), match[2], match[3]))
        elif rows:
            break
    return rows


def explained(folder, query, *options, config):
    """Explain a query, which stands in a file."""
    file = folder / "query.graphql"
    file.write_text(query, "utf-8")
    return run("explain", file, "--config", config, *options)


SILENT = """\
version: 1
sources:
  inventory:
    url: http://127.0.0.1:1
    lookups:
      circuit list: {get: /c, record: {code: no, name: name, customer: owner}}
      circuit by code: {get: /c, keys: {query: no, join: comma, at_most: 2}, record: {code: no, name: name}}
  alarms:
    url: http://127.0.0.1:1
    records: {alarm: {state: st, circuits: {at: line, space: inventory}}}
    lookups:
      alarm by circuit: {get: /a, keys: {query: line, join: comma}, space: inventory}
  nms:
    url: http://127.0.0.1:1
    lookups:
      circuit by code: {get: /l, keys: {query: no, join: comma, at_most: 2}, record: {code: no, bandwidth_bps: bw}}
"""


def test_nobody_is_asked(tmp_path):
    """Waves, keys in whose words, and calls on the sources' terms, although none of the sources is there."""
    query = "{ circuits(first: 5) { nodes { name bandwidthBps alarms { nodes { state } } } } }"
    result = explained(tmp_path, query, config=written(tmp_path, SILENT))
    assert 0 == result.exit_code, result.output
    told = lines(result)
    assert "predicted: 3 waves, about 5 calls" == told[0]
    assert "1 inventory circuit list 1 ~6" in told
    assert "2 nms circuit by code 5 of circuit 3 ~5" in told
    assert "3 alarms alarm by circuit 5 of circuit as inventory knows them 1 ~25" in told


@pytest.mark.parametrize("query", [DEEP, ROUTES, TICKETS])
def test_what_is_predicted_happens(tmp_path, demo_file, query):
    """The same lookups, and no more calls than were foretold."""
    result = explained(tmp_path, query, "--run", config=demo_file)
    assert 0 == result.exit_code, result.output
    told = lines(result)
    foretold, seen = asked(told, "predicted:"), asked(told, "seen:")
    assert {one[1:] for one in seen} <= {one[1:] for one in foretold}
    assert {one[1:] for one in foretold if one[0] == 1} == {one[1:] for one in seen if one[0] == 1}
    sources = [match for line in told if (match := re.match(r"(\w+) (\d+) (\d+) \d+ ok$", line))]
    assert sources
    assert all(int(match[3]) <= int(match[2]) for match in sources)


def test_a_customer_is_asked_for_by_other_ways(tmp_path, demo_file):
    """What belongs to somebody is not read off the list of all."""
    mine = asked(lines(explained(tmp_path, DEEP, "--customer", "C100001", config=demo_file)), "predicted:")
    everybody = asked(lines(explained(tmp_path, DEEP, config=demo_file)), "predicted:")
    assert (1, "crm", "customer list") in everybody
    assert "customer list" not in {lookup for _, _, lookup in mine}


def test_variables_count(tmp_path, demo_file):
    """More customers are more rows."""
    few, many = (
        explained(tmp_path, DEEP, "--variables", text, config=demo_file).output for text in ("{}", '{"first": 40}')
    )
    prices = [int(re.findall(r"priced at \d+ calls and (\d+) rows", output)[0]) for output in (few, many)]
    assert prices[0] < prices[1]


def test_a_source_that_fails_is_told(tmp_path):
    """Beside what was predicted of it, and by exit code 1."""
    result = explained(tmp_path, "{ circuits { nodes { name } } }", "--run", config=written(tmp_path, SILENT))
    assert 1 == result.exit_code
    assert any(re.match(r"inventory 1 \d+ \d+ failed SOURCE_REFUSED$", line) for line in lines(result))


@pytest.mark.parametrize(
    ("query", "options", "expected"),
    [
        ("{ circuits { nodes { nmae } } }", (), "Cannot query field 'nmae'"),
        ("{ circuits {", (), "Syntax Error"),
        ("query A { viewer { subject } } query B { viewer { subject } }", (), "--operation: expected one of A, B"),
        ("{ viewer { subject } }", ("--variables", "[1]"), "--variables: expected a JSON object"),
        ('mutation { invalidate(tags: ["source:crm"]) }', (), "expected a query"),
    ],
)
def test_what_cannot_be_explained_is_told(tmp_path, query, options, expected):
    """With exit code 2."""
    result = explained(tmp_path, query, *options, config=written(tmp_path, SILENT))
    assert 2 == result.exit_code
    assert expected in result.output
