"""How requests show who we are: by what is made before each request, most often a header, and anew when refused."""

import base64
from collections.abc import Mapping
from typing import Protocol

from model.faults import Unauthorised
from sources.grammar.access import AuthDeclaration
from sources.grammar.source import SourceDeclaration
from sources.outcomes import Outcome
from sources.secrets import revealed
from sources.sessions import Session


class Auth(Protocol):
    """One way of being let in."""

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """What to show, by name: headers, unless the declaration names another place.

        A SourceFault when it cannot be had before the deadline.
        """
        ...

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """These headers were refused: whether new ones are worth a try."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class Plain:
    """Credentials that stand in a header as they are. A secret that changed since is a reason to try again."""

    def __init__(self, source: str, declared: AuthDeclaration | None) -> None:
        self._source = source
        self._declared = declared

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """Made from the secrets as they are now."""
        del deadline
        try:
            return _written(self._declared)
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Only when a secret has changed meanwhile."""
        return await self.headers(0) != refused

    async def aclose(self) -> None:
        """Nothing to let go."""


def auth(source: str, declared: SourceDeclaration, outcome: Outcome | None = None) -> Auth:
    """The way of being let in that is declared; `outcome` reads off an answer whether it is one."""
    way = declared.auth
    if way is not None and way.oauth2 is not None:
        from sources.client_credentials import ClientCredentials  # megabytes, for who asks for tokens

        return ClientCredentials(source, way.oauth2, declared)
    if way is not None and way.session is not None:
        return Session(source, way.session, declared, outcome)
    return Plain(source, way)


def _written(declared: AuthDeclaration | None) -> Mapping[str, str]:
    if declared is None:
        return {}
    if declared.basic is not None:
        pair = f"{revealed(declared.basic.user)}:{declared.basic.password.value()}"
        return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    if declared.header is not None:
        return {declared.header.name.lower(): declared.header.value.value()}
    if declared.bearer is not None:
        return {"authorization": f"Bearer {declared.bearer.value()}"}
    return {name: revealed(value) for name, value in (declared.query or declared.body or {}).items()}
