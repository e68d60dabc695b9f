"""The configuration of the demo: `gateway/demo.yaml`, at the addresses where the pretend operator really is."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from gateway.configuration import Configuration, understand
from gateway.pretend_operator import PretendOperator
from sources.positions import Document


def demo_configuration(operator: PretendOperator, environment: MutableMapping[str, str]) -> Configuration:
    """Read the packaged file as any other, with the operator's credentials in the environment that it names."""
    environment.update(credentials(operator))
    document = Document.parse((files("gateway") / "demo.yaml").read_text(encoding="utf-8"), "demo.yaml")
    document.data = _moved(document.data, {urlsplit(url).path: url for url in _urls(operator)})
    return understand(document)


def credentials(operator: PretendOperator) -> Iterator[tuple[str, str]]:
    """Name and value of each environment variable that the file takes a credential from: `DEMO_TICKETS_TOKEN`, ..."""
    for name, system in operator.systems.items():
        for part, value in system.auth.items():
            yield f"DEMO_{name}_{part}".upper(), value


def _urls(operator: PretendOperator) -> Iterator[str]:
    for system in operator.systems.values():
        yield from system.apis.values()
        yield from (url for part, url in system.auth.items() if part == "token_url")


def _moved(data: Any, by_path: Mapping[str, str]) -> Any:
    """The same data, with every URL on the host and port where its path is found now."""
    if isinstance(data, Mapping):
        return {name: _moved(value, by_path) for name, value in data.items()}
    if isinstance(data, list):
        return [_moved(value, by_path) for value in data]
    if isinstance(data, str) and data.startswith("http://"):
        return by_path[urlsplit(data).path]
    return data
