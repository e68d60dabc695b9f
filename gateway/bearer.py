"""Programs that show a secret of this gateway's, as `Authorization: Bearer` [RFC 6750]."""

from collections.abc import Mapping
from hmac import compare_digest

from sources.secrets import Secret


def shows(headers: Mapping[str, str], secret: Secret | None) -> bool:
    """Whether a request shows this secret; a secret that is empty or gone lets nobody in."""
    kind, _, shown = headers.get("authorization", "").partition(" ")
    try:
        known = secret.value() if secret is not None else ""
    except LookupError:
        return False
    return kind.lower() == "bearer" and bool(known) and compare_digest(shown.strip().encode(), known.encode())
