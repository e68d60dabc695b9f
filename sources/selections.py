"""From the paths that are read in an answer to the fields that GraphQL must be asked for, and to nothing more."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sources.grammar.names import is_name
from sources.jmespaths import JmesPaths, expression
from sources.paths import BadPath, Getter, Wanted

Selection = dict[str, "Selection"]
"""Field -> what is selected within it; empty for a leaf."""
Places = Sequence[Selection]
"""Where in a selection a path has led to."""


class GraphqlPaths(JmesPaths):
    """JMESPaths that name the fields they read, so that these can be asked for."""

    called = "a JMESPath that names the fields it reads"

    def compile(self, path: str, wanted: Wanted) -> Getter:
        """As into other JSON; of several things, those that are null are none."""
        reached(path, [{}])
        get = super().compile(path, wanted)
        return _told(get) if wanted is Wanted.THINGS else get


def reached(path: str, places: Places) -> Places:
    """Select what a path reads, from these places on; gives the places that it leads to.

    BadPath for what is no JMESPath, or does not say by name which fields it reads.
    """
    return _reach(expression(path).parsed, places)


def printed(selection: Selection, arguments: Callable[[str], str], way: str = "") -> str:
    """A selection set; `arguments` gives those of a field within, printed, by the dotted way to it."""
    if not selection:
        return "{__typename}"
    fields = []
    for name, inner in selection.items():
        here = f"{way}.{name}" if way else name
        fields.append(f"{name}{arguments(here)}{printed(inner, arguments, here) if inner else ''}")
    return "{" + " ".join(fields) + "}"


def _reach(node: Any, places: Places) -> Places:
    kind, children = node["type"], node["children"]
    match kind:
        case "field":
            return _selected(node["value"], places)
        case "current" | "identity" | "index" | "slice":
            return places
        case "literal":
            return ()
        case "subexpression" | "index_expression" | "pipe" | "projection" | "flatten":
            return _in_turn(children, places)
        case "filter_projection":
            rows = _reach(children[0], places)
            _reach(children[2], rows)
            return _reach(children[1], rows)
        case "function_expression":
            return _called(children, places)
        case "or_expression" | "and_expression":
            return _each(children, places)
        case "comparator" | "not_expression" | "multi_select_list" | "multi_select_dict" | "key_val_pair" | "expref":
            _each(children, places)
            return ()
        case _:
            raise BadPath("expected a path that names the fields it reads")


def _selected(name: str, places: Places) -> Places:
    if not is_name(name):
        raise BadPath(f"expected names of GraphQL, not {name!r}")
    if not places:
        raise BadPath(f"expected {name!r} to stand in the answer rather than in what is made of it")
    return [place.setdefault(name, {}) for place in places]


def _in_turn(nodes: Iterable[Any], places: Places) -> Places:
    for node in nodes:
        places = _reach(node, places)
    return places


def _each(nodes: Iterable[Any], places: Places) -> Places:
    return [place for node in nodes for place in _reach(node, places)]


def _called(nodes: Sequence[Any], places: Places) -> Places:
    """What a function is given; an expression such as `&name` is read in each of what it is given."""
    given = _each([node for node in nodes if node["type"] != "expref"], places)
    _each([node for node in nodes if node["type"] == "expref"], given)
    return given


def _told(get: Getter) -> Getter:
    def things(data: Any) -> Any:
        found = get(data)
        if type(found) is list:
            return [one for one in found if one is not None]
        return [] if found is None else found

    return things
