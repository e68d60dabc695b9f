"""People: whom to call at a customer, and who looks after it at the operator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from demo.world.chance import dice
from demo.world.names import GIVEN_NAMES, SURNAMES
from demo.world.parties import Customer

OPERATOR_DOMAIN = "operator.example"


@dataclass(frozen=True, slots=True)
class Person:
    """One person; `title` is what their card says, `at` the customer for whom they matter."""

    id: str
    name: str
    english_name: str
    role: str
    title: str
    phone: str
    email: str
    at: Customer


def introduce_people(seed: int, customers: Sequence[Customer]) -> list[Person]:
    """Introduce three people for each customer: its contact, its technician, and the operator's account manager."""
    draw = dice(seed, "people")
    return [person for customer in customers for person in _of(draw, customer)]


def _of(draw: Random, customer: Customer) -> Iterator[Person]:
    contact = customer.contact
    yield Person(f"P-{customer.id}-1", contact.name, contact.english_name, "contactPerson", "网络主管",
                 contact.phone, contact.email, customer)  # fmt: skip
    (surname, roman), (given, roman_given) = draw.choice(SURNAMES), draw.choice(GIVEN_NAMES)
    english = f"{roman_given} {roman}"
    domain = contact.email.partition("@")[2]
    yield Person(f"P-{customer.id}-2", surname + given, english, "technicalContact", "机房值班工程师",
                 _mobile(draw), _mail(english, f"noc.{domain}"), customer)  # fmt: skip
    english = roman_name(customer.account_manager)
    yield Person(f"AM-{customer.id}", customer.account_manager, english, "accountManager", "客户经理",
                 _mobile(draw), _mail(english, OPERATOR_DOMAIN), customer)  # fmt: skip


def roman_name(chinese: str) -> str:
    """Write one of this world's Chinese names as on an English card."""
    surname, given = dict(SURNAMES)[chinese[:1]], dict(GIVEN_NAMES)[chinese[1:]]
    return f"{given} {surname}"


def _mobile(draw: Random) -> str:
    return f"+86-19{draw.randint(0, 9)}-{draw.randint(0, 9999):04d}-{draw.randint(0, 9999):04d}"


def _mail(english: str, domain: str) -> str:
    return f"{english.replace(' ', '.').lower()}@{domain}"
