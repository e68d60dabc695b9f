"""What is written down: commands that exist, and nothing about the machines that we work on."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["pip install uv && uv run trunkline demo", "pip install uv && uv run pytest"])
def test_the_readme_shows_the_two_commands(command):
    """Whoever comes here starts and tests it by one line each."""
    assert command in README


def test_no_registry_host_and_no_machine_path_is_committed():
    """A clone works anywhere."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    script = ROOT / "scripts" / "check_text.py"
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert "" == result.stdout
    assert 0 == result.returncode
