"""Bearer tokens: the good ones, and every way in which one is not."""

import base64
import hmac
import json
from hashlib import sha256

import anyio
import jmespath
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from auth import key_ring
from auth.claims import ClaimsMapping
from auth.issuer import Issuer
from auth.refused import Expired, ProviderAway, Unauthenticated
from auth.tokens import Tokens
from model.caller import Role
from tests.auth.conftest import itself

pytestmark = pytest.mark.anyio


def b64(data):
    """Encode as a JWS does."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def refused(tokens, token, why=Unauthenticated):
    """See that a token is refused, and in words that do not tell how to do better."""
    with pytest.raises(why) as caught:
        await tokens.identity(token)
    assert why.says == str(caught.value)


async def test_a_good_token_is_somebody(provider):
    """By its issuer's name here and its subject there."""
    key = provider.key("k1")
    who = await provider.tokens().identity(provider.token(key))
    assert ("sso", "u1") == (who.issuer, who.subject)
    assert provider.clock() + 300 == who.expires_at.timestamp()


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://elsewhere.example"}, Unauthenticated),
        ({"iss": None}, Unauthenticated),
        ({"aud": "another-api"}, Unauthenticated),
        ({"aud": ["another-api", "third"]}, Unauthenticated),
        ({"aud": None}, Unauthenticated),
        ({"exp": 1_800_000_000 - 31}, Expired),
        ({"exp": None}, Unauthenticated),
        ({"exp": "tomorrow"}, Unauthenticated),
        ({"exp": 1e400}, Unauthenticated),
        ({"exp": float("nan")}, Unauthenticated),
        ({"nbf": 1_800_000_000 + 31}, Unauthenticated),
        ({"iat": 1_800_000_000 + 31}, Unauthenticated),
        ({"sub": None}, Unauthenticated),
        ({"sub": 7}, Unauthenticated),
    ],
)
async def test_claims_must_hold(provider, claims, why):
    """Wrong issuer or audience, expired, not yet valid, of nobody."""
    await refused(provider.tokens(), provider.token(provider.key("k1"), **claims), why)


@pytest.mark.parametrize(
    "claims", [{"exp": 1_800_000_000 - 29}, {"nbf": 1_800_000_000 + 29}, {"aud": ["x", "trunkline"]}]
)
async def test_clocks_may_differ_a_little(provider, claims):
    """By thirty seconds; and a token may be for several."""
    assert "u1" == (await provider.tokens().identity(provider.token(provider.key("k1"), **claims))).subject


async def test_a_key_of_the_same_name_is_not_the_same_key(provider):
    """Signed by somebody else."""
    provider.key("k1")
    await refused(provider.tokens(), provider.token(ECKey.generate_key("P-256", {"kid": "k1"})))


async def test_a_token_that_was_changed_is_refused(provider):
    """The signature is of the words that were signed."""
    head, _, signature = provider.token(provider.key("k1")).split(".")
    claims = {"iss": provider.issuer, "sub": "admin", "aud": "trunkline", "exp": 1_900_000_000}
    await refused(provider.tokens(), f"{head}.{b64(claims)}.{signature}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "", "RS256", "ES512"])
async def test_only_algorithms_that_are_allowed(provider, algorithm):
    """Whatever a header says, and signed or not."""
    provider.key("k1")
    claims = {"iss": provider.issuer, "sub": "u1", "aud": "trunkline", "exp": 1_900_000_000}
    token = f"{b64({'alg': algorithm, 'kid': 'k1'})}.{b64(claims)}."
    await refused(provider.tokens(algorithms=frozenset({"ES256"})), token)


async def test_a_public_key_is_no_shared_secret(provider):
    """HS/RS confusion: everybody knows the public key, in each of its spellings."""
    key = RSAKey.generate_key(2048, {"kid": "r1"})
    provider.keys.append(key)
    claims = b64({"iss": provider.issuer, "sub": "u1", "aud": "trunkline", "exp": 1_900_000_000})
    tokens = provider.tokens()
    for secret in (
        key.as_pem(private=False),
        key.as_der(private=False),
        json.dumps(key.as_dict(private=False)).encode(),
    ):
        signed = f"{b64({'alg': 'HS256', 'kid': 'r1'})}.{claims}"
        await refused(tokens, f"{signed}.{b64(hmac.new(secret, signed.encode(), sha256).digest())}")
    assert "u1" == (await tokens.identity(provider.token(key, {"alg": "RS256"}))).subject


async def test_a_published_secret_verifies_nothing(provider):
    """Nor do weak keys, or keys for encrypting."""
    provider.keys += [OctKey.generate_key(256, {"kid": "o1"}), RSAKey.generate_key(2048, {"kid": "e1", "use": "enc"})]
    tokens = provider.tokens()
    await refused(tokens, provider.token(provider.keys[0], {"alg": "HS256"}))
    spelt = provider.keys[1].as_dict(private=True)
    signing = RSAKey.import_key({name: value for name, value in spelt.items() if name != "use"})
    await refused(tokens, provider.token(signing, {"alg": "RS256"}))


@pytest.mark.parametrize(
    "brought",
    [
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/c"},
        {"x5c": ["AAAA"]},
        {"crit": ["exp"]},
        {"jwk": None},
    ],
)
async def test_a_token_brings_no_key_along(provider, brought):
    """Nor the address of one, nor rules of its own."""
    key = provider.key("k1")
    _, claims, signature = provider.token(key).split(".")
    header = {"alg": "ES256", "kid": "k1"} | brought
    await refused(provider.tokens(), f"{b64(header)}.{claims}.{signature}")
    assert 0 == provider.asked


async def test_an_embedded_key_is_not_believed(provider):
    """Even where the signature is that key's."""
    provider.key("k1")
    own = ECKey.generate_key("P-256", {"kid": "k1"})
    await refused(provider.tokens(), provider.token(own, {"jwk": own.as_dict(private=False)}))


@pytest.mark.parametrize(
    "kid",
    [
        "../../dev/null",
        "/dev/null",
        "k1' OR '1'='1",
        "k1; DROP TABLE users",
        "http://evil.example/k",
        "\0",
        "k" * 257,
        ["k1"],
        1,
    ],
)
async def test_a_key_s_name_is_only_a_name(provider, kid):
    """No path, no query, no address."""
    claims, _ = provider.token(provider.key("k1")).split(".")[1:]
    await refused(provider.tokens(), f"{b64({'alg': 'ES256', 'kid': kid})}.{claims}.{b64(b'x' * 64)}")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "ä.b.c",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.",
        f"{'[' * 3000}.e30.x",
        f"{b64(b'[' * 3000)}.e30.x",
        "x" * 9000,
    ],
)
async def test_what_is_no_token_is_refused(provider, token):
    """At once, and without asking anybody."""
    await refused(provider.tokens(), token)
    assert 0 == provider.asked


async def test_an_id_token_s_kind_is_told_apart(provider):
    """A logout token, say, is signed by the same key."""
    await refused(provider.tokens(), provider.token(provider.key("k1"), {"typ": "logout+jwt"}))


async def test_a_token_without_a_key_s_name_needs_an_issuer_with_one_key(provider):
    """Where there are several, nothing is tried."""
    key = provider.key("k1")
    token = provider.token(key, {"kid": None})
    assert "u1" == (await provider.tokens().identity(token)).subject
    provider.key("k2")
    await refused(provider.tokens(), token)


async def test_a_flood_of_unknown_keys_asks_once_a_window(provider):
    """However many there are, at the same time or one after the other."""
    key, tokens = provider.key("k1"), provider.tokens()
    await tokens.identity(provider.token(key))
    assert 1 == provider.asked

    async def one(number):
        await refused(tokens, provider.token(key, {"kid": f"unknown-{number}"}))

    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(one, number)
    assert 2 == provider.asked
    provider.clock.now += key_ring.WINDOW + 1
    for number in range(10):
        await one(number)
    assert 3 == provider.asked


async def test_a_new_key_is_found_when_it_is_first_seen(provider):
    """By exactly one refetch; and the old one is forgotten when its issuer has."""
    old, tokens = provider.key("k1"), provider.tokens()
    await tokens.identity(provider.token(old))
    provider.keys.clear()
    new = provider.key("k2")
    assert "u1" == (await tokens.identity(provider.token(new))).subject
    assert 2 == provider.asked
    await refused(tokens, provider.token(old, sub="u2"))


async def test_known_keys_go_on_while_their_issuer_is_down(provider):
    """For a day; then nobody can tell."""
    key, tokens = provider.key("k1"), provider.tokens()
    await tokens.identity(provider.token(key))
    provider.up = False
    provider.clock.now += key_ring.FRESH + 1
    assert "u1" == (await tokens.identity(provider.token(key))).subject
    provider.clock.now += key_ring.LASTING
    await refused(tokens, provider.token(key), ProviderAway)
    provider.up = True
    provider.clock.now += key_ring.RETRY + 1
    assert "u1" == (await tokens.identity(provider.token(key))).subject


async def test_an_issuer_that_was_never_reached_is_not_asked_by_everybody(provider):
    """Once in a while is enough; and it is not the token's fault."""
    key, tokens = provider.key("k1"), provider.tokens(jwks_uri=f"{provider.issuer}/jwks")
    provider.up = False
    for _ in range(5):
        await refused(tokens, provider.token(key), ProviderAway)
    assert 1 == provider.asked


async def test_an_issuer_speaks_for_itself_only(provider):
    """Discovery of another issuer's is not believed."""
    key = provider.key("k1")
    provider.speaks_of = "https://elsewhere.example"
    await refused(provider.tokens(), provider.token(key), ProviderAway)


async def test_a_verified_token_is_remembered_for_a_minute_and_no_longer_than_it_is_good(provider):
    """Also when its key has been withdrawn meanwhile."""
    key, tokens = provider.key("k1"), provider.tokens(skew=0)
    short, long = provider.token(key, exp=int(provider.clock()) + 20), provider.token(key)
    for token in (short, long):
        await tokens.identity(token)
    provider.keys.clear()
    provider.clock.now += 21
    await refused(tokens, short, Expired)
    assert "u1" == (await tokens.identity(long)).subject


async def test_a_clock_that_is_set_back_lets_nobody_in_for_longer(provider):
    """What was remembered is verified again: its key may have been withdrawn meanwhile."""
    key, tokens = provider.key("k1"), provider.tokens()
    before = int(provider.clock()) - 7200
    token = provider.token(key, iat=before, nbf=before)
    await tokens.identity(token)
    provider.clock.now -= 3600
    assert tokens.remembered.get(token) is None
    assert "u1" == (await tokens.identity(token)).subject
    assert "u1" == tokens.remembered.get(token).subject
    provider.clock.now += 61
    assert tokens.remembered.get(token) is None


async def test_several_issuers_do_not_sign_for_each_other(provider):
    """A key of one is none of the other's."""
    key = provider.key("k1")
    other = Issuer("other", "https://other.example", frozenset({"trunkline"}), jwks_uri="http://127.0.0.1:1/jwks")
    own = Issuer("sso", provider.issuer, frozenset({"trunkline"}))
    tokens = Tokens([own, other], provider.fetcher, itself, provider.clock, provider.clock)
    assert "sso" == (await tokens.identity(provider.token(key))).issuer
    await refused(tokens, provider.token(key, iss="https://other.example"), ProviderAway)


async def test_claims_become_roles_and_customers(provider):
    """By the paths and words of the configuration; words that mean nothing give nothing."""
    mapping = ClaimsMapping(
        subject=jmespath.compile("preferred_username"),
        roles=jmespath.compile("realm_access.roles"),
        values={"bank-admin": Role.CUSTOMER_MANAGER, "noc": Role.OPERATOR},
        customers=jmespath.compile('"https://operator.example/customers"'),
        children=jmespath.compile("whole"),
    )
    claims = {
        "preferred_username": "wang",
        "realm_access": {"roles": ["bank-admin", "operator", 7]},
        "https://operator.example/customers": "C1, C2 C3",
        "whole": True,
    }
    who = await provider.tokens(claims=mapping).identity(provider.token(provider.key("k1"), **claims))
    assert ("wang", {Role.CUSTOMER_MANAGER}, {"C1", "C2", "C3"}, True) == (
        who.subject,
        who.roles,
        who.customers,
        who.children,
    )
