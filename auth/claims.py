"""What a token's claims say of somebody: read by paths, since every provider puts it elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jmespath
from jmespath.parser import ParsedResult

from auth.identity import Identity
from model.caller import Role

OWN_NAMES: Mapping[str, Role] = {role.value: role for role in Role}
"""Roles under the names that we give them."""


@dataclass(frozen=True, slots=True)
class ClaimsMapping:
    """Where the claims of one issuer say what.

    subject, roles, customers: JMESPath; a text is words divided by blanks or commas, a list its members.
    values: the provider's words for our roles; others mean nothing to us. children: whether a customer's parts are
    meant with it, or where the claims say so.
    """

    subject: ParsedResult = field(default_factory=lambda: jmespath.compile("sub"))
    roles: ParsedResult | None = None
    values: Mapping[str, Role] = field(default_factory=lambda: OWN_NAMES)
    customers: ParsedResult | None = None
    children: bool | ParsedResult = False

    def read(self, issuer: str, claims: Mapping[str, Any]) -> Identity | None:
        """Tell who it is; None where the claims do not even name them."""
        subject = self.subject.search(claims)
        if not isinstance(subject, str) or not subject:
            return None
        roles = frozenset(self.values[word] for word in _words(self.roles, claims) if word in self.values)
        return Identity(issuer, subject, roles, frozenset(_words(self.customers, claims)), self._with_children(claims))

    def _with_children(self, claims: Mapping[str, Any]) -> bool:
        return self.children if isinstance(self.children, bool) else self.children.search(claims) is True


def _words(path: ParsedResult | None, claims: Mapping[str, Any]) -> Sequence[str]:
    said = None if path is None else path.search(claims)
    if isinstance(said, str):
        return said.replace(",", " ").split()
    if isinstance(said, list):
        return [word for word in said if isinstance(word, str) and word]
    return ()
