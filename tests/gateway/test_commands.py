"""The commands that end by themselves: what they print, and by which exit code they tell how it went."""

import re
import socket
from pathlib import Path

import pytest

from tests.gateway.commanding import run


def row(output, source):
    """Read one line of a table, blanks made one."""
    (line,) = [line for line in output.splitlines() if line.strip().startswith(f"{source} ")]
    return " ".join(line.split())


def test_check_finds_a_healthy_operator_healthy(demo_file):
    """Every source is reachable, lets us in and answers all of its lookups."""
    result = run("check", demo_file)
    assert 0 == result.exit_code, result.output
    assert "15 sources, no mistakes" in result.output
    for source in ("crm", "inventory", "resources", "alarms", "tickets"):
        assert re.match(rf"{source} yes yes (\d+) of \1 \d+ ms$", row(result.output, source))


def test_check_tells_who_is_away_and_who_does_not_let_us_in(demo_file, monkeypatch):
    """A wrong port and a wrong token look different, and the others are well."""
    monkeypatch.setenv("DEMO_TICKETS_TOKEN", "wrong")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    text = re.sub(
        r"http://127.0.0.1:\d+(/tmf-api/customer)", rf"http://127.0.0.1:{free}\1", demo_file.read_text("utf-8")
    )
    demo_file.write_text(text, "utf-8")

    result = run("check", demo_file)

    assert 1 == result.exit_code
    assert row(result.output, "crm").startswith("crm no - 0 of ")
    assert row(result.output, "tickets").startswith("tickets yes no 0 of ")
    assert re.match(r"inventory yes yes (\d+) of \1 ", row(result.output, "inventory"))
    assert {"SOURCE_REFUSED", "SOURCE_UNAUTHORISED"} <= set(re.findall(r"SOURCE_\w+", result.output))
    assert "wrong" not in result.output


@pytest.mark.parametrize("command", [["check"], ["sources"], ["serve", "--insecure-open", "--config"]])
def test_mistakes_are_printed_all_at_once(command, tmp_path):
    """Whichever command reads the file, its mistakes come with line and column, and exit code 2."""
    file = tmp_path / "trunkline.yaml"
    file.write_text("version: 1\nsources:\n  crm: {url: nowhere}\ngateway: {prot: 1}\n", "utf-8")
    result = run(*command, file)
    assert 2 == result.exit_code
    places = re.findall(r"^trunkline.yaml:(\d+:\d+): ", result.output, re.MULTILINE)
    assert ["3:3", "3:9", "4:11"] == places
    assert f"3 mistakes in {file}" in result.output


def test_a_wrong_environment_variable_is_named(demo_file, monkeypatch):
    """Not a traceback."""
    monkeypatch.setenv("TRUNKLINE_PORT", "many")
    result = run("serve", "--insecure-open", "--config", demo_file)
    assert 2 == result.exit_code
    assert "wrong option or TRUNKLINE_ variable: port" in result.output


def test_serve_does_not_start_open_unless_told(demo_file):
    """Without sign-in everybody could read everything: that must be somebody's explicit wish."""
    demo_file.write_text(re.sub(r"(?ms)^auth:.*?^(?=gateway:)", "", demo_file.read_text("utf-8")), "utf-8")
    result = run("serve", "--config", demo_file)
    assert 2 == result.exit_code
    assert "no section auth:" in result.output
    assert "--insecure-open" in result.output


def test_a_taken_port_is_told_plainly(demo_file):
    """With what to do about it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--insecure-open", "--config", demo_file, "--port", port)
    assert 1 == result.exit_code
    assert f"port {port} on 127.0.0.1 is taken: choose another by --port" in result.output


def test_a_taken_port_of_the_figures_is_told_plainly(demo_file):
    """Before anything starts, and by the setting that says which."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = demo_file.read_text("utf-8").replace(
            "gateway:\n", f'gateway:\n  metrics: {{listen: "127.0.0.1:{port}"}}\n'
        )
        demo_file.write_text(said, "utf-8")
        result = run("serve", "--insecure-open", "--config", demo_file, "--port", 0)
    assert (1, "") == (result.exit_code, result.output.partition("gateway.metrics.listen: ")[0].strip())
    assert f"port {port} on 127.0.0.1 is taken" in result.output


def test_sources_lists_lookups_and_terms(demo_file):
    """One line a lookup, whole even in a pipe."""
    result = run("sources", demo_file)
    assert 0 == result.exit_code, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert any(line.startswith("alarms rest tmf642 alarm by circuit of inventory") for line in lines)
    assert any(line.startswith("crm rest tmf629 customer list") for line in lines)


def test_the_committed_schema_is_unchanged(tmp_path):
    """Compared with itself a schema has no changes."""
    file = tmp_path / "old.graphql"
    file.write_text(run("schema").output, "utf-8")
    result = run("schema", "--check", file)
    assert (0, "0 breaking, 0 dangerous, 0 safe") == (result.exit_code, result.output.splitlines()[-1])


def test_a_breaking_change_fails_and_is_told_first(tmp_path):
    """What a client could have used and can no more is breaking; what it can use in addition is safe."""
    file = tmp_path / "old.graphql"
    file.write_text(run("schema").output.replace("type Query {", "type Query {\n  gone: Int\n", 1), "utf-8")
    result = run("schema", "--check", file)
    assert 1 == result.exit_code
    assert result.output.startswith("breaking ")
    assert "gone" in result.output.splitlines()[0]


@pytest.mark.parametrize("content", [None, "type {", "type Query { a: Missing }"])
def test_what_is_no_schema_cannot_be_compared(tmp_path, content):
    """Said in a sentence, with exit code 2."""
    file = Path(tmp_path / "old.graphql")
    if content is not None:
        file.write_text(content, "utf-8")
    result = run("schema", "--check", file)
    assert 2 == result.exit_code
    assert str(file) in result.output


def test_the_version_is_told():
    """That of the distribution."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version").output)
