"""The provisioning system, over SOAP, held against its own WSDL."""

from typing import Any

import pytest
from lxml import etree

from demo.systems.envelopes import NAMES, SOAP, element
from demo.systems.provisioning import MOST_KEYS

pytestmark = pytest.mark.anyio

XS = "{http://www.w3.org/2001/XMLSchema}"


class Counter:
    """Somebody who asks for work orders."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        self.url = desk.running.systems["provisioning"].address["apis"]["soap"]
        self._auth = desk.running.systems["provisioning"].address["auth"]

    async def ask(self, *criteria: tuple[str, str], password: str | None = None, size: int = 200) -> tuple[int, Any]:
        """Ask for what the criteria name; the HTTP status, and what stands in the body."""
        token = element(
            "wsse:UsernameToken",
            element("wsse:Username", self._auth["user"]),
            element("wsse:Password", password or self._auth["password"]),
        )
        wanted = element("svc:criteria", *(element(f"typ:{name}", value) for name, value in criteria))
        part = element("svc:range", element("typ:start", "0"), element("typ:size", str(size)))
        said = element("svc:QueryWorkOrdersRequest", wanted, part)
        header = element("soapenv:Header", element("wsse:Security", token))
        return await self.post(etree.tostring(element("soapenv:Envelope", header, element("soapenv:Body", said))))

    async def post(self, body: bytes) -> tuple[int, Any]:
        """Post an envelope."""
        answer = await self._desk.client.post(self.url, content=body, headers={"Content-Type": "text/xml"})
        return answer.status_code, etree.fromstring(answer.content).find(f"{{{SOAP}}}Body")[0]


def texts(said: Any, name: str) -> list[str]:
    """The texts of all elements of this name."""
    return [one.text for one in said.iterfind(f".//typ:{name}", NAMES)]


@pytest.fixture
def counter(desk: Any) -> Counter:
    """Somebody with the credentials."""
    return Counter(desk)


async def test_answers_are_what_the_wsdl_says(counter: Counter, desk: Any) -> None:
    """Every answer is valid by the schemas in the WSDL, which names the address at which it was asked for."""
    wsdl = etree.fromstring((await desk.client.get(counter.url + "?wsdl")).content)
    types, service = wsdl.findall(f".//{XS}schema")
    service.find(f"{XS}import").set("schemaLocation", "types.xsd")
    parser = etree.XMLParser()
    parser.resolvers.add(_Types(etree.tostring(types)))
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(service), parser))
    _, said = await counter.ask()
    schema.assertValid(said)
    _, fault = await counter.ask(password="wrong")
    schema.assertValid(fault.find("detail")[0])
    address = wsdl.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address").get("location")
    assert counter.url == address


class _Types(etree.Resolver):
    """Finds the types' schema."""

    def __init__(self, schema: bytes) -> None:
        self._schema = schema

    def resolve(self, url: str, _public: Any, context: Any) -> Any:
        """Give the schema, whatever is asked for."""
        return self.resolve_string(self._schema, context)


async def test_every_work_order_is_told(counter: Counter, desk: Any) -> None:
    """Without criteria there is all, a page at a time, and the number of all."""
    work = desk.running.operator.work_orders
    _, said = await counter.ask(size=5)
    assert [one.id for one in work[:5]] == texts(said, "workOrderId")
    assert str(len(work)) == said.find("svc:total", NAMES).text


async def test_work_is_found_by_circuits_customers_and_ids(counter: Counter, desk: Any) -> None:
    """Many keys in one array; what is not known is left out."""
    work = desk.running.operator.work_orders
    codes = sorted({one.circuit.code for one in work})[:3]
    _, said = await counter.ask(*(("circuitCode", code) for code in [*codes, "NOBODY"]))
    assert [one.id for one in work if one.circuit.code in codes] == texts(said, "workOrderId")
    owner = work[0].circuit.customer.id
    _, said = await counter.ask(("customerId", owner))
    assert {owner} == set(texts(said, "customerId"))
    _, said = await counter.ask(("workOrderId", work[-1].id))
    assert [work[-1].order.id] == texts(said, "serviceOrderId")


async def test_unfinished_work_is_nil(counter: Counter, desk: Any) -> None:
    """`xsi:nil` where there is no time yet; times are Beijing's, and do not say so."""
    _, said = await counter.ask()
    nil = [one for one in said.iterfind(".//typ:finishTime", NAMES) if one.text is None]
    assert sum(one.finished is None for one in desk.running.operator.work_orders) == len(nil) > 0
    assert all("+" not in written and "Z" not in written for written in texts(said, "dispatchTime"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<a", "soapenv:Client"),
        (b"<a/>", "soapenv:VersionMismatch"),
        (f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode(), "wsse:FailedAuthentication"),
    ],
)
async def test_what_is_refused_is_a_fault(counter: Counter, body: bytes, code: str) -> None:
    """A fault under HTTP 500, with the system's own code in its detail."""
    status, said = await counter.post(body)
    assert (500, code) == (status, said.find("faultcode").text)
    assert said.find("detail/svc:ProvisioningFault/svc:errorCode", NAMES).text.startswith("PRV-")


async def test_too_much_at_once_is_a_fault_under_200(counter: Counter) -> None:
    """The one fault that does not look like one."""
    status, said = await counter.ask(*[("circuitCode", f"C{n}") for n in range(MOST_KEYS + 1)])
    assert (200, "soapenv:Client") == (status, said.find("faultcode").text)
