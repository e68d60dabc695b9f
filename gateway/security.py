"""What a configuration leaves open: for an operator to know and to decide, before others find out."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from auth.policy import RolePolicy
from gateway.admission import LOOPBACK
from gateway.configuration import Configuration
from gateway.guard.rules import Audience
from model.caller import STAFF_ROLES, Role


class Opening(Struct, frozen=True):
    """Something that is open: where the configuration says so, what it means, and how it is closed."""

    where: str
    what: str
    close: str


def openings(configuration: Configuration) -> list[Opening]:
    """All that is open, by section."""
    parts = (_sign_in, _listening, _shown, _upstreams, _roles)
    return [opening for part in parts for opening in part(configuration)]


def _sign_in(configuration: Configuration) -> Iterator[Opening]:
    auth = configuration.auth
    if auth is None:
        yield Opening("auth", "nobody signs in: the gateway starts only with --insecure-open", "add a section auth:")
        return
    if auth.sign_in is not None and auth.sign_in.url is None:
        yield Opening(
            "auth.sign_in.url",
            "behind a proxy that ends TLS, cookies are neither Secure nor __Host-",
            "say the public https:// address",
        )
    for name, issuer in auth.issuers.items():
        if urlsplit(issuer.issuer).scheme != "https":
            yield Opening(f"auth.issuers.{name}", "keys are fetched without TLS", "use https://")


def _listening(configuration: Configuration) -> Iterator[Opening]:
    gateway = configuration.gateway
    if gateway.host not in LOOPBACK:
        if not gateway.allowed_hosts:
            yield Opening("gateway.allowed_hosts", "any Host header is answered", "name the public host names")
        if not gateway.hsts:
            yield Opening("gateway.hsts", "browsers may come without TLS", "set it once TLS works: 31536000")
    for origin in gateway.cors_origins:
        if urlsplit(str(origin)).scheme != "https":
            yield Opening("gateway.cors_origins", f"pages of {origin} may ask, without TLS", "use https://")
    figures = gateway.metrics.address if gateway.metrics else None
    if figures is not None and figures[0] not in LOOPBACK:
        yield Opening(
            "gateway.metrics.listen",
            "whoever reaches it reads which systems there are, and how they do",
            "let only Prometheus reach it, or use token",
        )
    if gateway.audit is None:
        yield Opening("gateway.audit", "nothing tells afterwards who has seen what", "say a file, or -")


def _shown(configuration: Configuration) -> Iterator[Opening]:
    gateway = configuration.gateway
    if gateway.introspection is Audience.EVERYBODY:
        yield Opening("gateway.introspection", "every caller can read the schema", "staff or nobody")
    if gateway.suggestions:
        yield Opening("gateway.suggestions", "mistakes suggest names of the schema", "false")
    if gateway.explorer:
        yield Opening("gateway.explorer", "browsers get the explorer", "false")
    yield Opening("/readyz", "whoever reaches it reads the sources' names and states", "let only probes reach it")


def _upstreams(configuration: Configuration) -> Iterator[Opening]:
    for name, source in configuration.sources.items():
        parsed = urlsplit(str(source.url))
        if parsed.scheme == "http" and parsed.hostname not in LOOPBACK:
            yield Opening(f"sources.{name}.url", "data and credentials travel without TLS", "use https://")
        if source.auth is None:
            yield Opening(f"sources.{name}.auth", "the system is asked without credentials", "give it some, if it can")
        if source.label is None:
            yield Opening(f"sources.{name}.label", "customers see the internal name", "give it a public label")


def _roles(configuration: Configuration) -> Iterator[Opening]:
    for role, policy in configuration.policy.items():
        if policy.internals and role not in STAFF_ROLES:
            yield Opening(f"policy.{role.value}.internals", "sees internal names, timings and raw values", "false")
        if role in (Role.CUSTOMER_VIEWER, Role.PARTNER) and _sees_contacts(policy):
            yield Opening(f"policy.{role.value}", "sees telephone numbers and e-mail addresses plainly", "mask or hide")


def _sees_contacts(policy: RolePolicy) -> bool:
    seen = policy.nouns is None or "customer" in policy.nouns
    masked = {"contacts.phone", "contacts.email"} <= set(policy.masks.get("customer", {}))
    return seen and not masked and "contacts" not in policy.hide.get("customer", ())
