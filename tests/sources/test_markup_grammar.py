"""Mistakes in what is declared of pages, XML and SOAP are told where they stand, with what was expected."""

import pytest

from sources.configuration import read_sources
from sources.positions import ConfigurationError, Document

SOURCE = "sources:\n  s:\n    url: http://x\n"
CIRCUIT = "    records: {circuit: {code: c}}\n"
LIST = f"{CIRCUIT}    lookups:\n      circuit list: "
BY_CODE = f"{CIRCUIT}    lookups:\n      circuit by code: "
NONE = "    lookups: {}"
MISTAKES = {
    "rest": {
        f"    paging: {{by: form, next: {{at: a}}}}\n{NONE}": "4:14: sources.s.paging.by: expected another way",
    },
    "html": {
        f"    paging: {{by: form}}\n{NONE}": "expected next: what all pages but the last have",
        f"{LIST}{{get: /x, each: 'tr['}}": "each: expected a CSS selector",
        f"{LIST}{{get: /x, each: ['tr', 'td[']}}": "7:44: sources.s.lookups.circuit list.each[1]: expected a CSS",
        f"{LIST}{{get: /x, each: 'a@href'}}": "nothing in an attribute",
        f"    records: {{circuit: {{code: ':column()'}}}}\n{NONE}": "code: expected a CSS selector",
        f"    encoding: klingon\n{NONE}": "expected an encoding such as gbk, found 'klingon'",
        f"    login: {{form: /in, fields: {{}}}}\n{NONE}": "expected page_has or page_says",
        f"    login: {{form: in, fields: {{}}, page_has: a}}\n{NONE}": "login.form: expected a path below",
        f"    login: {{form: /in, fields: {{}}, page_says: '('}}\n{NONE}": "page_says: expected a regular expression (",
        f"    auth: {{query: {{a: b}}}}\n    login: {{form: /in, fields: {{}}, page_has: a}}\n{NONE}": (
            "expected either login or auth"
        ),
        f"{LIST}{{get: /x, expect: {{fields: [nam, code]}}}}": (
            "expect.fields[0]: expected one of code, native_id, found 'nam'"
        ),
        f"{LIST}{{get: /x, expect: {{at_least: 3, at_most: 2}}}}": "expected at_least to be no more than at_most",
        f"{LIST}{{get: /x, expect: {{hass: a}}}}": "expect.hass: expected 'has', found 'hass'",
        f"{LIST}{{get: /x, fields: {{query: f}}}}": "expected no fields: markup comes whole",
        "    lookups: {alarm list: {get: /x}}": "expected the record to say native_id",
    },
    "xml": {
        f"    records: {{circuit: {{code: 'a[['}}}}\n{NONE}": "code: expected an XPath (Invalid expression)",
        f"    records: {{circuit: {{code: 'p:a'}}}}\n{NONE}": "expected an XPath (Undefined namespace prefix)",
        f"    records: {{circuit: {{code: 'document(1)'}}}}\n{NONE}": "expected an XPath (Unregistered function)",
        f"{LIST}{{post: /x, body: {{'p:a': 1}}}}": "body: expected names of XML: the prefix 'p' is not declared",
        f"{LIST}{{post: /x, body: {{a: 1, b: 2}}}}": "expected one element with all others in it",
        f"{LIST}{{post: /x, body: {{'1a': 1}}}}": "'1a' is no name",
    },
    "soap": {
        f"{LIST}{{operation: x, get: /y}}": "expected no get, query or form",
        f"{LIST}{{operation: x, filters: {{code: {{query: c}}}}}}": "expected no filters and no orders",
        f"{LIST}{{operation: x, paging: {{by: offset}}}}": "circuit list.paging.place: expected body, found 'query'",
        f"{LIST}{{post: /y}}": "circuit list.operation: expected to be given",
        f"{LIST}{{operation: 'p:x'}}": "operation: expected names of XML: the prefix 'p' is not declared",
        f"{BY_CODE}{{operation: x, keys: {{query: y}}}}": "expected keys in the body",
        f"{BY_CODE}{{operation: x, keys: {{body: 'a.p:b'}}}}": "the prefix 'p' is not declared",
        f"    version: 1.3\n{NONE}": "version: expected",
        f"    wsdl: here\n{NONE}": "wsdl: expected an http or https URL, found 'here'",
        f"    wsdl: '?a b'\n{NONE}": "wsdl: expected where the WSDL is",
        f"    header: {{a: {{env: NO_SUCH_NAME}}}}\n{NONE}": "variable NO_SUCH_NAME",
        f"    header: {{'a b': 1}}\n{NONE}": "header: expected names of XML",
        f"    security: {{user: u, password: hunter2}}\n{NONE}": "password: expected a secret by name",
        f"    faults: {{E1: gone}}\n{NONE}": "faults.E1: expected 'missing', 'unauthorised'",
    },
}


@pytest.mark.parametrize(
    ("way", "text", "said"), [(way, text, said) for way, cases in MISTAKES.items() for text, said in cases.items()]
)
def test_each_mistake_says_what_was_expected(way: str, text: str, said: str) -> None:
    """In the words of whoever wrote the file; no secret is repeated."""
    speaks = "" if way == "rest" else f"    speaks: {way}\n"
    with pytest.raises(ConfigurationError) as caught:
        read_sources(Document.parse(f"{SOURCE}{speaks}{text}", "trunkline.yaml"))
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
