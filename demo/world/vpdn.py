"""Virtual private dial-up networks: who dials in where, and through which tunnel they reach their firm.

A user's mobile or line ends at a LAC of the city where the user is; from there an L2TP tunnel [RFC 2661] leads to the
firm's LNS, at the A end of its VPDN circuit. There is one tunnel for each domain and LAC [RFC 2868
Tunnel-Assignment-ID].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.world.chance import NOW, dice
from demo.world.circuits import Circuit
from demo.world.cities import City
from demo.world.names import GIVEN_NAMES, SURNAMES

SERVED = ("active", "inactive")
"""The states of circuits that have a domain; while the circuit is inactive, nobody is let in."""
_AT_HOME = 0.6
"""The share of users who dial in where the firm is."""
_STOPPED = 0.2
"""The share of sessions that are over."""
_CAUSES = ("User-Request", "Idle-Timeout", "Session-Timeout", "Lost-Carrier")


@dataclass(frozen=True, slots=True)
class Server:
    """A LAC or an LNS: how it is called, and its address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain: its realm, the circuit on which it lies, its LNS (the preferred one first), its users at most."""

    realm: str
    circuit: Circuit
    lns: tuple[Server, ...]
    most: int

    @property
    def open(self) -> bool:
        """Whether users are let in."""
        return self.circuit.state == "active"


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel of a domain; `number` is the LAC's own, of 16 bits."""

    id: str
    number: int
    domain: Domain
    lac: Server
    lns: Server
    started: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One session; `down` and `up` are its octets a second towards the user and from the user."""

    id: str
    user: str
    station: str
    address: str
    tunnel: Tunnel
    started: datetime
    stopped: datetime | None
    cause: str | None
    down: int
    up: int

    def seconds(self, now: datetime) -> int:
        """How long it has lasted."""
        return int(((self.stopped or now) - self.started).total_seconds())


def open_domains(seed: int, circuits: Sequence[Circuit]) -> list[Domain]:
    """Open a domain on every VPDN circuit that is in service, or was."""
    draw = dice(seed, "domains")
    served = [circuit for circuit in circuits if circuit.category == "VPDN" and circuit.state in SERVED]
    return [_domain(draw, circuit, number) for number, circuit in enumerate(served)]


def _domain(draw: Random, circuit: Circuit, number: int) -> Domain:
    brand = circuit.customer.trading_name.split()[0].lower()
    city = circuit.a_site.city.code.lower()
    servers = tuple(
        Server(f"lns{step}.{brand}{circuit.number}", f"10.{128 + number // 250}.{number % 250}.{step}")
        for step in range(1, draw.randint(1, 2) + 1)
    )
    return Domain(f"{brand}{circuit.number}.vpdn.{city}", circuit, servers, draw.choice((20, 50, 100)))


def dial_in(seed: int, domains: Sequence[Domain], cities: Sequence[City]) -> list[Session]:
    """Let the users of every domain that is open dial in, the earliest session first."""
    draw = dice(seed, "sessions")
    sessions = [session for domain in domains if domain.open for session in _sessions(draw, domain, cities)]
    return sorted(sessions, key=lambda session: (session.started, session.id))


def _sessions(draw: Random, domain: Domain, cities: Sequence[City]) -> Iterator[Session]:
    """Let them come; the first through a LAC opens the tunnel."""
    home, tunnels = domain.circuit.a_site.city, dict[str, Tunnel]()
    starts = sorted(NOW - timedelta(minutes=draw.randint(3, 2_880)) for _ in range(draw.randint(3, domain.most // 2)))
    for number, started in enumerate(starts, start=1):
        city = home if draw.random() < _AT_HOME else draw.choice(cities)
        tunnel = tunnels.get(city.code) or _tunnel(draw, domain, city, cities.index(city), started)
        tunnels[city.code] = tunnel
        yield _session(draw, tunnel, number, started)


def _tunnel(draw: Random, domain: Domain, city: City, place: int, started: datetime) -> Tunnel:
    lac = Server(f"lac1.{city.code.lower()}", f"172.16.{place}.1")
    id_ = f"{domain.realm.partition('.')[0]}-{lac.name}"
    return Tunnel(id_, draw.randint(1, 65_535), domain, lac, draw.choice(domain.lns), started)


def _session(draw: Random, tunnel: Tunnel, number: int, started: datetime) -> Session:
    (_, surname), (_, given) = draw.choice(SURNAMES), draw.choice(GIVEN_NAMES)
    over = draw.random() < _STOPPED
    lasted = (NOW - started) * draw.uniform(0.1, 0.9)
    block = tunnel.domain.lns[0].address.split(".")
    return Session(
        id=f"{draw.getrandbits(32):08X}{number:04X}",
        user=f"{given}.{surname}{number}".lower() + f"@{tunnel.domain.realm}",
        station=f"861{draw.randint(30, 99)}{draw.randint(0, 99_999_999):08d}",
        address=f"100.{int(block[1]) - 64}.{block[2]}.{number % 250 + 1}",
        tunnel=tunnel,
        started=started,
        stopped=(started + lasted).replace(microsecond=0) if over else None,
        cause=draw.choice(_CAUSES) if over else None,
        down=draw.randint(2_000, 400_000),
        up=draw.randint(500, 60_000),
    )
