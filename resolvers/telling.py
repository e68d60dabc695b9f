"""Which of the sources' words may be told to a caller, when a thing of theirs also names somebody else."""

from collections.abc import Callable
from typing import Any

from model.keys import Foreign
from resolvers.identity import REFERENCES
from resolvers.request import Request


def tellable(request: Request, noun: str) -> Callable[[str, Any], bool]:
    """Whether a source's value of a field may be told: that another customer is meant is not for this one to know."""
    owners = {field for field, target in REFERENCES[noun].items() if target == "customer"}
    if request.caller.staff or not owners:
        return lambda _field, _value: True

    def judge(field: str, value: Any) -> bool:
        if field not in owners:
            return True
        key = request.aliases.get(("customer", value)) if isinstance(value, Foreign) else value
        return isinstance(key, str) and request.caller.may_see(key)

    return judge


def raw_tellable(request: Request, noun: str, field: str) -> bool:
    """Whether a source's own words for a field may be told: those of references name whatever they name."""
    return request.caller.internals and (request.caller.staff or field not in REFERENCES[noun])
