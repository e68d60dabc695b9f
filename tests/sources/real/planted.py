"""What the tests put into a real NetBox, through its own API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.conftest import PATIENCE

Json = dict[str, Any]
PORTS = {"interfaces": "interface", "front-ports": "frontport", "rear-ports": "rearport"}


class NetBoxApi:
    """The REST API of a NetBox, for putting things into it."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._client = httpx.Client(
            base_url=f"{url}/api/", headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE
        )

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def make(self, path: str, **said: Any) -> dict[str, Any]:
        """A new thing."""
        answer = self._client.post(f"{path}/", json=said)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def read(self, path: str, parameters: Mapping[str, Any] | None = None) -> httpx.Response:
        """What it says there."""
        return self._client.get(f"{path}/", params=parameters)

    def change(self, path: str, number: int, **said: Any) -> None:
        """Another value of a thing's attributes."""
        self._client.patch(f"{path}/{number}/", json=said).raise_for_status()

    def remove(self, path: str, number: int) -> None:
        """No such thing any more."""
        self._client.delete(f"{path}/{number}/").raise_for_status()


@dataclass
class Planted:
    """What was put into NetBox: names of its own, so that another run's are not met."""

    api: NetBoxApi
    mark: str = field(default_factory=lambda: uuid4().hex[:6])
    devices: dict[str, int] = field(default_factory=dict)
    circuits: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make what every device and circuit refers to."""
        make, mark = self.api.make, self.mark
        self.tenant = make(
            "tenancy/tenants", name=f"工行湖北 {mark}", slug=f"icbc-{mark}", custom_fields={"number": mark}
        )
        self.site = make(
            "dcim/sites",
            name=f"武汉 {mark}",
            slug=f"wuhan-{mark}",
            tenant=self.tenant["id"],
            latitude=30.58,
            longitude=114.29,
        )
        maker = make("dcim/manufacturers", name=f"ZTE {mark}", slug=f"zte-{mark}")
        self.type = make("dcim/device-types", manufacturer=maker["id"], model="S385", slug=f"s385-{mark}")
        self.role = make("dcim/device-roles", name=f"ADM {mark}", slug=f"adm-{mark}")
        self.provider = make("circuits/providers", name=f"CT {mark}", slug=f"ct-{mark}")
        self.kind = make("circuits/circuit-types", name=f"SDH {mark}", slug=f"sdh-{mark}")

    def name(self, of: str) -> str:
        """A name of this run's."""
        return f"{of}-{self.mark}"

    def port(self, device: str, name: str, kind: str = "interfaces", **more: Any) -> tuple[str, int]:
        """A port of a device, which is made if it is not there: what a cable ends at."""
        if device not in self.devices:
            about = {"device_type": self.type["id"], "role": self.role["id"], "site": self.site["id"]}
            self.devices[device] = self.api.make("dcim/devices", name=self.name(device), **about)["id"]
        form = {"type": "other" if kind == "interfaces" else "lc", "name": name, "device": self.devices[device]}
        return f"dcim.{PORTS[kind]}", self.api.make(f"dcim/{kind}", **form, **more)["id"]

    def panel(self, device: str) -> tuple[tuple[str, int], tuple[str, int]]:
        """A front port and the rear port behind it."""
        rear = self.port(device, "R1", "rear-ports", positions=1)
        behind = [{"position": 1, "rear_port": rear[1], "rear_port_position": 1}]
        return self.port(device, "F1", "front-ports", rear_ports=behind), rear

    def circuit(self, code: str) -> tuple[tuple[str, int], tuple[str, int]]:
        """The terminations of a new circuit."""
        self.circuits[code] = circuit = self.api.make(
            "circuits/circuits",
            cid=self.name(code),
            provider=self.provider["id"],
            type=self.kind["id"],
            tenant=self.tenant["id"],
            status="active",
            install_date="2024-01-01",
            commit_rate=155000,
        )
        at = {"termination_type": "dcim.site", "termination_id": self.site["id"], "circuit": circuit["id"]}
        ends = [self.api.make("circuits/circuit-terminations", term_side=side, **at)["id"] for side in "AZ"]
        return ("circuits.circuittermination", ends[0]), ("circuits.circuittermination", ends[1])

    def cable(self, a: tuple[str, int], b: tuple[str, int]) -> None:
        """A cable between two ports."""
        ends = [[{"object_type": kind, "object_id": number}] for kind, number in (a, b)]
        self.api.make("dcim/cables", a_terminations=ends[0], b_terminations=ends[1])

    def multihop(self, code: str) -> None:
        """A circuit over two devices of its own, between those of the customer."""
        a, z = self.circuit(code)
        names = [f"{code}-{name}" for name in ("cpe-a", "odf-a", "odf-z", "cpe-z")]
        (front_a, rear_a), (front_z, rear_z) = self.panel(names[1]), self.panel(names[2])
        self.cable(self.port(names[0], "1/1"), a)
        self.cable(z, self.port(names[3], "1/1"))
        self.cable(self.port(names[0], "1/2"), front_a)
        self.cable(rear_z, rear_a)
        self.cable(front_z, self.port(names[3], "1/2"))
