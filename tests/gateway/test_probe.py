"""`trunkline probe`: one lookup, asked for real, and all that can be seen of it."""

import json

import pytest
from starlette.responses import Response

from tests.gateway.commanding import lines, run, running, written
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import listening

pytestmark = pytest.mark.anyio

REGISTER = """\
version: 1
sources:
  register:
    url: {url}
    auth: {{{auth}}}
    records:
      circuit:
        code: no
        name: title
        bandwidth_bps: {{at: speed, unit: bps}}
        state: {{at: zt, values: {{在用: ACTIVE}}}}
        a_end: {{record: {{site: "ends[?side=='A'].site | [0]", port: "ends[?side=='A'].port | [0]"}}}}
    lookups:
      circuit by code: {{get: /circuits, each: rows, keys: {{query: codes, join: ","}}}}
      circuit list: {{get: /circuits, each: rows}}
"""
SECRET = ("password", "token", "value", "client_secret")
ROWS = [
    {"id": 1, "no": "BJ-1", "title": "北京-上海", "speed": "fast", "zt": "在建", "memo": "老系统"},
    {"id": 2, "no": "SH-2", "ends": [{"side": "A", "site": "S1", "floor": 3}]},
]


def register(tmp_path, url, auth="bearer: {env: REGISTER_TOKEN}"):
    """The configuration of a register at this address."""
    return written(tmp_path, REGISTER.format(url=url, auth=auth))


async def probed(tmp_path, answer, *words, **more):
    """Probe the register, which answers so, and read what was told as JSON."""
    async with listening(Chaos(answer)) as url:
        result = await running("probe", "register", *words, "--config", register(tmp_path, url, **more), "--json")
    return result, json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _secret(monkeypatch):
    monkeypatch.setenv("REGISTER_TOKEN", "s3cret/+&x")


async def test_what_is_mapped_and_what_is_not_is_told_with_its_place(tmp_path):
    """Each field with its path, how it was found, and the line and column where it is declared."""
    result, told = await probed(tmp_path, always(as_json({"rows": ROWS[:1]})), "circuit", "by", "code", "BJ-1")
    assert 0 == result.exit_code
    fields = {one["field"]: (one["found"], one["example"], one["at"]) for one in told["fields"]}
    assert ("in 1 of 1", "北京-上海", "trunkline.yaml:9:9") == fields["name"]
    assert ("cannot be read", "fast", "trunkline.yaml:10:9") == fields["bandwidth_bps"]
    assert ("in no vocabulary", "在建", "trunkline.yaml:11:9") == fields["state"]
    assert ("nothing there", "", "trunkline.yaml:12:26") == fields["a_end.site"]
    assert [{"path": "memo", "example": "老系统"}] == told["unmapped"]
    assert [{"native_id": "1", "code": "BJ-1", "name": "北京-上海", "state": "UNKNOWN"}] == told["records"]


async def test_what_only_a_filter_reads_is_read(tmp_path):
    """A value counts as mapped if anything that is read depends on it."""
    _, told = await probed(tmp_path, always(as_json({"rows": ROWS[1:]})), "circuit by code", "SH-2")
    assert ["ends[].floor"] == [one["path"] for one in told["unmapped"]]


async def test_rows_that_nobody_asked_for_are_named(tmp_path):
    """The first is what happens when a batch filter is misspelt: what is missing then is not known."""
    result, told = await probed(tmp_path, always(as_json({"rows": ROWS})), "circuit by code", "BJ-1", "GZ-3")
    assert (1, ["SH-2"], []) == (result.exit_code, told["unasked"], told["unanswered"])
    assert ["SOURCE_MALFORMED"] == [one["code"] for one in told["faults"]]
    assert 1 == told["oddities"]["foreign rows"]


async def test_rows_whose_key_differs_in_case_alone_are_told_so(tmp_path):
    """With what it takes to have them taken for what was asked."""
    async with listening(Chaos(always(as_json({"rows": ROWS})))) as url:
        words = ("probe", "register", "circuit by code", "bj-1", "--config", register(tmp_path, url))
        told = (await running(*words)).stdout.splitlines()
    place = next(at for at, line in enumerate(told) if line.startswith("nobody asked for BJ-1"))
    assert "match_case: false" in told[place + 1]
    assert not [line for line in told[place + 2 :] if "match_case" in line]


async def test_the_request_and_the_answer_are_shown(tmp_path):
    """As they went over the wire, one request after the other."""
    _, told = await probed(tmp_path, always(as_json({"rows": ROWS})), "circuit list")
    (exchange,) = told["exchanges"]
    assert "/circuits" == exchange["url"].partition("://")[2].partition("/")[2].join("/ ").strip()
    assert (200, {"rows": ROWS}) == (exchange["status"], json.loads(exchange["answer"]))


@pytest.mark.parametrize(
    "auth",
    [
        "bearer: {env: REGISTER_TOKEN}",
        "basic: {user: u, password: {env: REGISTER_TOKEN}}",
        "query: {token: {env: REGISTER_TOKEN}}",
        "header: {name: Accept-Token, value: {env: REGISTER_TOKEN}}",
    ],
)
async def test_credentials_are_never_printed(tmp_path, auth):
    """Neither where they are shown to the system, nor where it says them back."""

    def echo(request, body):
        shown = [*request.headers.values(), str(request.url), *request.query_params.values()]
        return as_json({"rows": [{"id": 1, "no": "BJ-1", "title": shown, "memo": "s3cret/+&x"}]})

    async with listening(Chaos(echo)) as url:
        file = register(tmp_path, url, auth)
        results = [
            await running("probe", "register", "circuit list", "--config", file, *how) for how in ([], ["--json"])
        ]
    for result in results:
        assert 0 == result.exit_code, result.output
        assert "•••" in result.output
        for secret in ("s3cret", "dTpzM2NyZXQv"):
            assert secret not in result.output


async def test_a_failure_is_told_with_the_place_that_it_is_about(tmp_path):
    """In the operator's words, and by exit code 1."""
    result, told = await probed(tmp_path, always(Response("no", 401)), "circuit list")
    (fault,) = told["faults"]
    assert (1, "SOURCE_UNAUTHORISED", "trunkline.yaml:5:5") == (result.exit_code, fault["code"], fault["at"])


async def test_a_page_that_has_drifted_is_shown_all_the_same(tmp_path):
    """What stands in its rows says where the value has gone."""
    page = "<html><table id=t><tr><th>编号</th></tr><tr class=r><td class=bianhao>BJ-1</td></tr></table></html>"
    text = """\
version: 1
sources:
  pages:
    speaks: html
    url: {url}
    lookups:
      circuit list: {{get: /list, each: tr.r, record: {{code: td.code}}}}
"""
    async with listening(Chaos(always(Response(page, media_type="text/html")))) as url:
        result = await running("probe", "pages", "circuit list", "--config", written(tmp_path, text.format(url=url)))
    assert 1 == result.exit_code
    told = lines(result)
    assert ":column(编号) BJ-1" in told
    assert "code td.code nothing there trunkline.yaml:7:55" in told
    assert told[-1].startswith("trunkline.yaml:7:34: SOURCE_DRIFTED")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("regster", "circuit list"), "expected 'register'"),
        (("register", "circuit by cod", "BJ-1"), "expected 'circuit by code'"),
        (("register", "circuit by code"), "expected a key or more"),
        (("register", "circuit list", "--fields", "nmae"), "expected 'name'"),
        (("register", "circuit list", "--window", "yesterday"), "--window: a DateTime is written as in RFC 3339"),
    ],
)
async def test_what_cannot_be_asked_is_told_with_what_can(tmp_path, words, expected):
    """By exit code 2, and without asking anybody."""
    result = await running("probe", *words, "--config", register(tmp_path, "http://127.0.0.1:1"))
    assert 2 == result.exit_code
    assert expected in result.output


@pytest.mark.parametrize(
    ("source", "lookup"),
    [
        ("crm", "customer list"),
        ("metrics", "kpi by circuit"),
        ("vendor", "element list"),
        ("legacy", "circuit list"),
        ("facilities", "site by site_id"),
    ],
)
def test_every_kind_of_source_can_be_probed(demo_file, operator, source, lookup):
    """JSON, metrics, a session, pages behind a form, GraphQL: of each the exchange, and no credential of anybody."""
    result = run("probe", source, lookup, *(["ANY"] if " by " in lookup else []), "--config", demo_file, "--json")
    assert 0 == result.exit_code, result.output
    told = json.loads(result.stdout)
    assert 200 == told["exchanges"][0]["status"]
    assert bool(told["records"]) == (lookup != "site by site_id")
    credentials = {system.auth.get(part) for system in operator.systems.values() for part in SECRET}
    assert [] == [one for one in credentials if one and one in result.output]


async def test_keys_that_are_brought_to_another_form_are_told(tmp_path):
    """How many, such as which; and those that no pattern is like."""
    keys = """nouns:
  circuit:
    key: {case: upper, pattern: '(?P<city>[A-Z]{2})[-_](?P<number>[0-9]+)'}
"""
    rows = [{"id": 1, "no": "bj_1"}, {"id": 2, "no": "SH-2"}, {"id": 3, "no": "x"}]
    async with listening(Chaos(always(as_json({"rows": rows})))) as url:
        file = written(tmp_path, REGISTER.format(url=url, auth="bearer: {env: REGISTER_TOKEN}") + keys)
        told = json.loads((await running("probe", "register", "circuit list", "--config", file, "--json")).stdout)
        printed = lines(await running("probe", "register", "circuit list", "--config", file))
    assert {"bj_1": "BJ-1", "x": "X"} == told["rewritten"]
    assert 1 == told["oddities"]["keys that no pattern is like"]
    assert "keys that are written otherwise here: 2, such as bj_1 for BJ-1" in printed
