"""From a request's headers to a caller: keys, cookies, acting for somebody, and what is not let in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from auth.api_keys import ApiKeys, digest, new_key
from auth.caller import BadCaller, open_caller
from auth.cross_site import check_same_site
from auth.door import Door
from auth.identity import Identity, caller_for
from auth.policy import shipped_policy, sight_of
from auth.refused import CrossSite, Expired, Forbidden, NoCredentials, NotLetIn, Unauthenticated
from auth.sign_ins import SignIns
from auth.standing import Standings
from model.caller import Role
from store.database import Store
from store.standing import KeptKey, Standing
from tests.auth.conftest import Clock, itself

pytestmark = pytest.mark.anyio

SIGHT = partial(sight_of, shipped_policy())
PARTNER = Standing(frozenset({Role.PARTNER}), frozenset({"C1"}), children=True)


@dataclass
class Book:
    """Sign-ins in a dictionary."""

    kept: dict[bytes, Identity] = field(default_factory=dict)

    async def add(self, digest, who, expires_at):
        """Keep one."""
        self.kept[digest] = Identity(who.issuer, who.subject, who.roles, who.customers, who.children, expires_at)

    async def find(self, digest):
        """Find one."""
        return self.kept.get(digest)

    async def remove(self, digest):
        """Forget one."""
        self.kept.pop(digest, None)


@pytest.fixture
async def store():
    """A store that ends with the test."""
    store = Store("sqlite://")
    await store.upgrade()
    yield store
    await store.aclose()


async def made(store, clock, standing=PARTNER, days=1):
    """Make a key in the store; its id and the key itself."""
    id_, shown, kept = new_key()
    now = datetime.fromtimestamp(clock(), UTC)
    await store.keys.add(KeptKey(id_, kept, "portal", None, standing, now, now + timedelta(days=days)))
    return id_, shown


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
async def test_a_key_opens_what_it_is_for(store, header):
    """By either header."""
    clock = Clock()
    id_, shown = await made(store, clock)
    door = Door(SIGHT, keys=ApiKeys(store.keys, clock))
    caller = await door.caller("POST", {header: f"Bearer {shown}" if header == "authorization" else shown})
    assert (f"key {id_}", False, {"C1"}, True) == (caller.subject, caller.staff, caller.customers, caller.children)
    assert SIGHT({Role.PARTNER}) == caller.sight
    assert clock() + 86_400 == caller.expires_at.timestamp()


async def test_a_key_expires_and_is_revoked(store):
    """The one at its time, the other within ten seconds."""
    clock = Clock()
    keys = ApiKeys(store.keys, clock)
    _, short = await made(store, clock)
    id_, long = await made(store, clock, days=9)
    await keys.identity(short)
    clock.now += 86_401
    with pytest.raises(Expired):
        await keys.identity(short)
    await keys.identity(long)
    await store.keys.revoke(id_)
    clock.now += 11
    with pytest.raises(Unauthenticated):
        await keys.identity(long)


async def test_what_is_kept_of_a_key_does_not_open(store):
    """Whoever reads the database has no key."""
    clock = Clock()
    id_, shown = await made(store, clock)
    kept = await store.keys.find(id_)
    secret = shown.rpartition("_")[2] if shown.count("_") == 2 else shown.split("_", 2)[2]
    assert digest(secret) == kept.digest
    assert secret not in repr(kept)
    for wrong in (
        f"tl_{id_}_{kept.digest.hex()[:43]}",
        f"tl_{id_}_{'A' * 43}",
        f"tl_{'0' * 12}_{secret}",
        "tl_",
        "tl__",
        shown + "A",
    ):
        with pytest.raises(Unauthenticated):
            await ApiKeys(store.keys, clock).identity(wrong)


async def test_no_key_makes_staff(store):
    """Even if one were kept with such a role."""
    clock = Clock()
    _, shown = await made(store, clock, Standing(frozenset({Role.OPERATOR, Role.PARTNER}), frozenset({"C1"})))
    assert {Role.PARTNER} == (await ApiKeys(store.keys, clock).identity(shown)).roles


async def test_who_brings_nothing_or_nonsense_is_not_let_in():
    """Even where others need nothing, what is brought must be good."""
    strict, open_ = Door(SIGHT), Door(SIGHT, otherwise=partial(open_caller, sight_of=SIGHT))
    with pytest.raises(NoCredentials):
        await strict.caller("POST", {})
    assert (await open_.caller("POST", {})).staff
    for headers in (
        {"authorization": "Basic dTpw"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer a.b.c"},
        {"x-api-key": "tl_x"},
        {"authorization": "Bearer a.b.c", "x-api-key": "tl_x"},
    ):
        for door in (strict, open_):
            with pytest.raises(Unauthenticated):
                await door.caller("POST", headers)


async def test_customers_are_chosen_by_header_only_where_nobody_signs_in():
    """Of who signs in it is refused, not passed over."""
    chosen = {"x-trunkline-customer": "C1,C2"}
    caller = await Door(SIGHT, otherwise=partial(open_caller, sight_of=SIGHT)).caller("POST", chosen)
    assert {"C1", "C2"} == caller.customers
    with pytest.raises(NoCredentials):
        await Door(SIGHT).caller("POST", chosen)
    door, browser = await signed_in({Role.OPERATOR})
    with pytest.raises(BadCaller):
        await door.caller("POST", browser | chosen)


async def signed_in(roles, customers=()):
    """Give a door, and the headers of a browser at which somebody is signed in."""
    sign_ins = SignIns(Book(), itself, 3600, Clock())
    cookie = await sign_ins.start(Identity("sso", "olga", frozenset(roles), frozenset(customers)))
    return Door(SIGHT, sign_ins=sign_ins, cookie="trunkline"), {
        "cookie": f"a=b; trunkline={cookie}",
        "sec-fetch-site": "same-origin",
    }


async def test_staff_act_for_a_customer_visibly():
    """They see what its viewer sees, and it shows who they are."""
    door, browser = await signed_in({Role.OPERATOR})
    assert (await door.caller("POST", browser)).staff
    caller = await door.caller("POST", browser | {"x-trunkline-act-for": "C100001"})
    assert ("olga", False, {"C100001"}, "C100001") == (
        caller.subject,
        caller.staff,
        caller.customers,
        caller.acting_for,
    )
    assert not caller.internals
    assert SIGHT({Role.CUSTOMER_VIEWER}) == caller.sight


@pytest.mark.parametrize("roles", [set(), {Role.CUSTOMER_MANAGER}, {Role.ACCOUNT_MANAGER}, {Role.PARTNER}])
async def test_nobody_else_acts_for_anybody(roles):
    """Not even for a customer that is theirs."""
    door, browser = await signed_in(roles, {"C1"})
    with pytest.raises(Forbidden):
        await door.caller("POST", browser | {"x-trunkline-act-for": "C1"})


@pytest.mark.parametrize("named", ["", " ", "C1,C2", "C" * 201])
async def test_staff_act_for_one_customer(named):
    """Neither for none nor for several."""
    door, browser = await signed_in({Role.ADMINISTRATOR})
    with pytest.raises(BadCaller):
        await door.caller("POST", browser | {"x-trunkline-act-for": named})


async def test_a_sign_in_ends():
    """By itself at its time, or by signing out."""
    clock = Clock()
    sign_ins = SignIns(Book(), itself, 3600, clock)
    who = Identity("sso", "u1")
    one, two = await sign_ins.start(who), await sign_ins.start(who)
    assert one != two
    await sign_ins.identity(one)
    await sign_ins.end(one)
    with pytest.raises(Unauthenticated):
        await sign_ins.identity(one)
    clock.now += 3601
    with pytest.raises(Expired):
        await sign_ins.identity(two)
    with pytest.raises(Unauthenticated):
        await sign_ins.identity("x" * 5000)


async def test_a_browser_without_its_cookie_brings_nothing():
    """A cookie of another name is not ours."""
    door, _ = await signed_in({Role.OPERATOR})
    with pytest.raises(NoCredentials):
        await door.caller("POST", {"cookie": "__Host-trunkline=x; other"})


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"sec-fetch-site": "same-origin"}),
        ("GET", {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}),
        ("POST", {"origin": "https://t.example", "host": "t.example"}),
        ("POST", {"x-trunkline-request": "1"}),
        ("GET", {}),
    ],
)
def test_our_own_pages_may_use_the_cookie(method, headers):
    """And people who follow a link, and programs that say so."""
    check_same_site(method, headers)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("POST", {"sec-fetch-site": "cross-site", "x-trunkline-request": "1"}),
        ("POST", {"sec-fetch-site": "same-site"}),
        ("POST", {"sec-fetch-site": "none"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}),
        ("POST", {"origin": "https://evil.example", "host": "t.example", "x-trunkline-request": "1"}),
        ("POST", {"origin": "null", "host": "t.example"}),
    ],
)
def test_other_sites_pages_may_not(method, headers):
    """Whatever they make a browser send."""
    with pytest.raises(CrossSite):
        check_same_site(method, headers)


def test_an_origin_that_is_configured_counts_alone():
    """Behind a proxy, `Host` may be anything."""
    check_same_site("POST", {"origin": "https://t.example", "host": "10.0.0.1"}, "https://t.example")
    with pytest.raises(CrossSite):
        check_same_site("POST", {"origin": "http://t.example", "host": "t.example"}, "https://t.example")


async def test_what_somebody_may_can_come_from_the_store(store):
    """For the issuers whose tokens only say who somebody is; who is not known there may nothing."""
    standings = Standings(store.users, ["sso"])
    await store.users.add("sso", "u1", PARTNER)
    known = await standings.complete(Identity("sso", "u1", frozenset({Role.OPERATOR})))
    assert (PARTNER.roles, PARTNER.customers, True) == (known.roles, known.customers, known.children)
    unknown = await standings.complete(Identity("sso", "u2", frozenset({Role.OPERATOR}), frozenset({"C1"})))
    assert (frozenset(), frozenset()) == (unknown.roles, unknown.customers)
    other = Identity("other", "u1", frozenset({Role.OPERATOR}))
    assert other is await standings.complete(other)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_makes_the_caller_that_it_should(role):
    """Staff see everybody's, the others what is theirs."""
    caller = caller_for(Identity("sso", "u1", frozenset({role}), frozenset({"C1"}), True), SIGHT)
    staff = role in (Role.OPERATOR, Role.ADMINISTRATOR)
    assert (staff, frozenset() if staff else {"C1"}, not staff) == (caller.staff, caller.customers, caller.children)


def test_who_has_no_role_speaks_for_nobody():
    """Whatever customers a token names."""
    caller = caller_for(Identity("sso", "u1", frozenset(), frozenset({"C1"})), SIGHT)
    assert (False, frozenset()) == (caller.staff, caller.customers)
    assert not caller.may_ask("circuit")


async def test_who_is_known_is_known_by_the_short_way_too(store):
    """It takes no waiting, tells the same caller, and leaves to the long way whatever needs care."""
    clock = Clock()
    _, shown = await made(store, clock)
    keys = ApiKeys(store.keys, clock)
    open_ = Door(SIGHT, keys=keys, otherwise=partial(open_caller, sight_of=SIGHT))
    signed, browser = await signed_in({Role.OPERATOR})
    for door in (open_, Door(SIGHT, keys=keys), signed):
        for headers in (
            {},
            {"x-trunkline-customer": "C1,C2"},
            {"x-trunkline-customer": "C1", "x-trunkline-act-for": "C1"},
            {"authorization": f"Bearer {shown}"},
            {"authorization": f"bearer  {shown} "},
            {"authorization": f"Bearer {shown}", "x-trunkline-customer": "C1"},
            {"authorization": f"Bearer {shown}", "x-trunkline-act-for": "C1"},
            {"authorization": "Bearer a.b.c"},
            {"authorization": "Bearer tl_x"},
            {"x-api-key": shown},
            browser,
            browser | {"x-trunkline-act-for": "C1"},
        ):
            try:
                expected = await door.caller("POST", headers)
            except (BadCaller, NotLetIn):
                expected = None
            assert door.known(headers) in (expected, None)
    assert open_.known({}) == await open_.caller("POST", {})
    assert open_.known({"authorization": f"Bearer {shown}"}).subject.startswith("key ")
    clock.now += 11
    assert open_.known({"authorization": f"Bearer {shown}"}) is None
