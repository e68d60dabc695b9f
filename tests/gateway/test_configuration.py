"""`trunkline.yaml`: read whole, or refused with every mistake at its line and column."""

from textwrap import dedent

import pytest

from gateway.configuration import load, understand
from gateway.settings import LogLevel, settle
from sources.positions import ConfigurationError, Document

MINIMAL = """
    version: 1
    sources:
      crm:
        url: http://crm.example
        lookups:
          customer list:
            get: /customers
            each: "@"
            record: {customer_id: id, name: name}
"""


def read(text):
    """Read a configuration from text."""
    return understand(Document.parse(dedent(text), "trunkline.yaml"))


def mistakes(text):
    """Write down each mistake as a line."""
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_what_is_said_is_read():
    """Sources, policies and the gateway's own settings."""
    configuration = read(
        MINIMAL
        + """
    nouns:
      customer: {key: {case: upper}, authority: [crm], fields: {contacts: union}}
    gateway: {port: 9000, deadline: 3s}
"""
    )
    assert ["crm"] == list(configuration.sources)
    assert ("crm",) == configuration.nouns["customer"].authority
    assert (9000, 3.0) == (configuration.gateway.port, configuration.gateway.deadline)


def test_sections_that_are_left_out_have_defaults():
    """Only the version and the sources must be said."""
    configuration = read(MINIMAL)
    assert ({}, 8080) == (configuration.nouns, configuration.gateway.port)


def test_all_mistakes_are_told_at_once_and_in_place():
    """Whoever writes a configuration reads what is wrong with all of it, not with its first line."""
    told = mistakes(
        """\
        version: 2
        soures: {}
        sources:
          crm:
            url: ftp://crm.example
            lookups: {}
            tiemout: 3s
          alarms: 3
        nouns:
          custumer: {}
          circuit:
            authority: [crm, inventry]
            fields: {bandwith_bps: worst, state: best}
          alarm:
            fields: {state: {prefer: [crn]}}
        gateway:
          port: 99999
          max_body_byte: 3
        """
    )
    places = [":".join(line.split(":")[1:3]) for line in told]
    assert ["1:1", "2:1", "5:5", "7:5", "8:3", "10:3", "12:22", "13:14", "13:35", "15:31", "17:3", "18:3"] == places
    assert "'tiemout'" in told[3]
    assert "'timeout'" in told[3]
    assert told[5].endswith("nouns.custumer: expected 'customer', found 'custumer'")


def test_rules_of_keys_are_checked_in_place():
    """Each wrong rule at its own line and column, in a list of patterns, too."""
    told = mistakes(
        MINIMAL
        + """
    nouns:
      customer:
        key:
          case: uper
          prefixes: [C, ""]
          pattern:
            - '(?P<number>[0-9]+)'
            - '(?P<number>([0-9]+)+)x'
          parts: [numbr]
      circuit:
        key: {pattern: '(?P<n>[0-9]+)', parts: [m]}
"""
    )
    places = [":".join(line.split(":")[1:3]) for line in told]
    assert ["15:7", "16:21", "19:11", "22:5"] == places
    assert "nouns.customer.key.pattern[1]: expected fewer repetitions" in told[2]


def test_rules_of_correlation_are_checked_in_place():
    """Fields that there are, one way a rule, and only for what has no business key."""
    told = mistakes(
        MINIMAL
        + """
    nouns:
      circuit:
        correlate: [{keys: [nms]}]
      alarm:
        correlate:
          - {equal: [elemnt]}
          - {keys: [nms], equal: [port]}
          - {equal: [port], within: {raised_at: soon}}
          - {keys: [nms], within: {raised_at: 5m}}
"""
    )
    assert [14, 17, 18, 19, 20] == [int(line.split(":")[1]) for line in told]
    assert "expected 'element', found 'elemnt'" in told[1]


def test_yaml_that_cannot_be_read_is_one_mistake():
    """There is nothing more to say of a file that is no YAML."""
    (line,) = mistakes("version: 1\nsources: [\n")
    assert line.startswith("trunkline.yaml:3:1: expected YAML")


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    """It is told in the same way as what is wrong inside a file."""
    with pytest.raises(ConfigurationError, match=r"trunkline.yaml:1:1: expected a readable file"):
        load(tmp_path / "trunkline.yaml")


def test_the_environment_overrides_the_file_and_options_override_both(monkeypatch):
    """So that one file serves several deployments."""
    monkeypatch.setenv("TRUNKLINE_PORT", "9001")
    monkeypatch.setenv("TRUNKLINE_LOG_LEVEL", "debug")
    section = read(MINIMAL + "\n    gateway: {port: 9000, host: 0.0.0.0, deadline: 1m}").gateway

    settings = settle(section, {"host": "127.0.0.2", "port": None})

    assert ("127.0.0.2", 9001, 60.0, LogLevel.DEBUG) == (
        settings.host,
        settings.port,
        settings.deadline,
        settings.log_level,
    )
