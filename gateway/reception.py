"""From the sections `auth:` and `store:` to an entrance: its parts made and joined."""

from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from auth.api_keys import ApiKeys
from auth.caller import open_caller
from auth.door import COOKIE, Door
from auth.identity import Complete, Identity
from auth.issuer import Issuer
from auth.policy import Policy, shipped_policy
from auth.policy import sight_of as policy_sight
from auth.sign_ins import SignIns
from auth.standing import Standings
from gateway.admission import AuthSection, StoreSection
from gateway.entrance import Entrance
from gateway.negotiation import JSON
from store.standing import KeptSignIn, Standing

if TYPE_CHECKING:  # what checks signatures and what speaks to databases are 40 MB together, for who needs them
    from auth.fetching import Fetcher
    from auth.tokens import Tokens
    from gateway.sign_in import BrowserSignIn
    from store.database import Store
    from store.sign_ins import SignIns as KeptSignIns


def entrance(
    auth: AuthSection,
    kept_in: StoreSection | None = None,
    policy: Policy | None = None,
    *,
    open_to_all: bool = False,
) -> Entrance:
    """Put an entrance together; nothing is fetched or opened yet.

    open_to_all: who brings no credentials is an operator, or whoever `X-Trunkline-Customer` says.
    """
    sight_of = cache(partial(policy_sight, policy or shipped_policy()))
    otherwise = partial(open_caller, sight_of=sight_of) if open_to_all else None
    store = _store(auth, kept_in)
    issuers = [declared.named(name) for name, declared in auth.issuers.items()]
    complete = _completing(issuers, store)
    fetch = _fetcher() if issuers else None
    tokens = _tokens(issuers, fetch, complete) if fetch else None
    sign_in = _browsers(auth, issuers, tokens, store, complete)
    door = Door(
        sight_of,
        tokens,
        ApiKeys(store.keys) if store and auth.keys and kept_in else None,
        sign_in[1] if sign_in else None,
        origin=sign_in[0].origin if sign_in else None,
        cookie=sign_in[0].cookie if sign_in else COOKIE,
        otherwise=otherwise,
    )
    return Entrance(
        door,
        [_resource(issuers), *(sign_in[0].routes if sign_in else ())],
        browsers_sign_in=sign_in is not None and otherwise is None,
        starting=[partial(_ready, store)] if store else [],
        closing=[one.aclose for one in (fetch, store) if one],
    )


def _store(auth: AuthSection, kept_in: StoreSection | None) -> "Store | None":
    """What is kept: as the section says or, where something has to be, for as long as the process lasts."""
    if kept_in is None and auth.sign_in is None and all(one.grants != "store" for one in auth.issuers.values()):
        return None
    from store.database import TEMPORARY, Store

    return Store(kept_in.address if kept_in else TEMPORARY)


def _completing(issuers: list[Issuer], store: "Store | None") -> Complete:
    """Where an issuer leaves to the store what its subjects may, that is added."""
    if store is None:
        return _as_told
    return Standings(store.users, (issuer.name for issuer in issuers if issuer.from_store)).complete


async def _as_told(who: Identity) -> Identity:
    return who


def _fetcher() -> "Fetcher":
    from auth.fetching import Fetcher

    return Fetcher()


def _tokens(issuers: list[Issuer], fetch: "Fetcher", complete: Complete) -> "Tokens":
    from auth.tokens import Tokens

    return Tokens(issuers, fetch, complete)


async def _ready(store: "Store") -> None:
    """See that the store has its tables: a temporary one gets them, another one its operator upgrades."""
    from store.database import StoreFailure

    if store.temporary:
        await store.upgrade()
    elif not await store.is_current():
        raise StoreFailure("the store's tables are not those of this version: run trunkline store upgrade")


def _browsers(
    auth: AuthSection, issuers: list[Issuer], tokens: "Tokens | None", store: "Store | None", complete: Complete
) -> "tuple[BrowserSignIn, SignIns] | None":
    if auth.sign_in is None or tokens is None or store is None:
        return None
    from gateway.sign_in import BrowserSignIn

    issuer = next(issuer for issuer in issuers if issuer.name == auth.sign_in.issuer)
    sign_ins = SignIns(_SignInBook(store.sign_ins), complete, auth.sign_in.life)
    return BrowserSignIn(auth.sign_in, issuer, tokens, sign_ins), sign_ins


class _SignInBook:
    """The store's sign-ins, in the words of who checks them."""

    def __init__(self, kept: "KeptSignIns") -> None:
        self._kept = kept

    async def add(self, digest: bytes, who: Identity, expires_at: datetime) -> None:
        standing = Standing(who.roles, who.customers, who.children)
        await self._kept.add(digest, KeptSignIn(who.issuer, who.subject, standing, expires_at))

    async def find(self, digest: bytes) -> Identity | None:
        kept = await self._kept.find(digest)
        if kept is None:
            return None
        said = kept.standing
        return Identity(kept.issuer, kept.subject, said.roles, said.customers, said.children, kept.expires_at)

    async def remove(self, digest: bytes) -> None:
        await self._kept.remove(digest)


def _resource(issuers: list[Issuer]) -> Route:
    """Tell programs where to get a token [RFC 9728]."""

    async def metadata(http: HttpRequest) -> Response:
        said = {
            "resource": str(http.base_url).rstrip("/"),
            "authorization_servers": [issuer.issuer for issuer in issuers],
            "bearer_methods_supported": ["header"],
        }
        return Response(msgspec.json.encode(said), media_type=JSON)

    return Route("/.well-known/oauth-protected-resource", metadata, methods=["GET"])
