"""What is Python is looked at as such, whatever its name."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_python_starts_is_held_to_the_style_too() -> None:
    """Every program without a suffix is named in ruff's section."""
    started = {
        str(file.relative_to(ROOT))
        for folder in ("bench", "scripts")
        for file in (ROOT / folder).iterdir()
        if file.is_file() and not file.suffix and "python" in file.read_text(encoding="utf-8").partition("\n")[0]
    }
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["extend-include"]
    assert sorted(started) == sorted(told)
