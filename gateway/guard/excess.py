"""What is said when a bound is passed: what there is too much of, how much was found, and how much may be."""

from gateway.refusals import Refusal


class Excess(Refusal):
    """A document or its variables pass a bound; nothing of it has been run.

    400  DOCUMENT_TOO_LARGE     bytes
    400  TOO_MANY_TOKENS        tokens
    400  TOO_DEEP               nested brackets, fields, or values of variables
    400  TOO_MANY_FIELDS        fields, in all, in one selection, or of the operation itself
    400  TOO_MANY_ALIASES       aliases
    400  TOO_MANY_DEFINITIONS   fragments, operations
    400  TOO_MANY_DIRECTIVES    directives
    400  TOO_MANY_ARGUMENTS     arguments of one field, items of one list
    400  TOO_MANY_OVERLAPS      fields that answer under the same name
    400  VARIABLES_TOO_LARGE    values, or digits of a number, in the variables
    """

    def __init__(self, code: str, what: str, found: int, bound: int, *, at_least: bool = False) -> None:
        shown = f"at least {_written(found)}" if at_least else _written(found)
        super().__init__(400, code, f"Too much is asked at once: {shown} {what}, where {bound} are the most.")
        self._said = code, what, found, bound, at_least
        self.extensions = {"what": what, "found": found if found < _LARGEST else None, "bound": bound}

    def again(self) -> "Excess":
        """The same, to be raised for another request."""
        code, what, found, bound, at_least = self._said
        return Excess(code, what, found, bound, at_least=at_least)


_LARGEST = 10**15


def _written(number: int) -> str:
    """A figure that is larger than anybody needs to read is not written out."""
    return str(number) if number < _LARGEST else f"more than {_LARGEST:.0e}"
