"""Why somebody is not let in: the few things that are told, and no reason that would help to get in.

    NotLetIn
        Unauthenticated        401  the credentials are not good
            NoCredentials      401  there are none
            Expired            401  they were good once
        Forbidden              403  the credentials are good, but not for this
            CrossSite          403  another site's page made a browser ask
        ProviderAway           503  nobody can tell now whether they are good

What was wrong with a token in particular goes into the log, as the exception's `because`.
"""


class NotLetIn(Exception):  # noqa: N818 - it is the client's affair, not an error of ours
    """Somebody is not let in; the message is for the client, `because` for the log."""

    says = "The request is refused."

    def __init__(self, because: str = "") -> None:
        super().__init__(self.says)
        self.because = because


class Unauthenticated(NotLetIn):
    """Nobody knows who asks."""

    says = "Sign in: the credentials are not valid."


class NoCredentials(Unauthenticated):
    """Nobody says who asks."""

    says = "Sign in: this is not for everybody."


class Expired(Unauthenticated):
    """Nobody knows any more who asks."""

    says = "Sign in again: the credentials have expired."


class Forbidden(NotLetIn):
    """Somebody may not do this."""

    says = "Only the operator's staff may act for a customer."


class CrossSite(Forbidden):
    """A browser's cookie was sent along by another site's page."""

    says = "A signed-in browser is answered only when this site's own pages ask."


class ProviderAway(NotLetIn):
    """The issuer of a token cannot be asked for its keys, and they are not known."""

    says = "Who you are cannot be verified at the moment."
