"""What an operator decides about the guard: the bounds, the budgets, and who may look at the schema."""

from enum import StrEnum

from msgspec import Struct

from gateway.guard.bounds import Budget, DocumentBounds, VariableBounds
from model.caller import Caller


class Audience(StrEnum):
    """Who may."""

    EVERYBODY = "everybody"
    STAFF = "staff"
    NOBODY = "nobody"

    def includes(self, caller: Caller) -> bool:
        """Whether this caller may."""
        return self is Audience.EVERYBODY or (self is Audience.STAFF and caller.staff)


class Rules(Struct, frozen=True):
    """The guard's part of the settings; `suggestions` are shown to none but those who may introspect."""

    document: DocumentBounds = DocumentBounds()
    variables: VariableBounds = VariableBounds()
    budget: Budget = Budget()
    introspection: Audience = Audience.EVERYBODY
    suggestions: bool = True
    max_answer_bytes: int = 33_554_432

    def suggests(self, caller: Caller) -> bool:
        """Whether mistakes may name what the schema has, and the client has not written."""
        return self.suggestions and self.introspection.includes(caller)
