"""`trunkline config-schema`: what may be said in a configuration, for editors."""

from gateway.editing.layout import laid_out
from gateway.editing.schema import configuration_schema
from gateway.terminal import say


def config_schema() -> None:
    """Print the JSON Schema of the configuration, by which editors complete and check it."""
    say(laid_out(configuration_schema()))
