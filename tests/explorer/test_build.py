"""How the explorer is built: again when its sources change, never in the way of an installation."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hook(tmp_path, monkeypatch):
    """The build hook, over a copy of the sources, for a user who has built nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (tmp_path / "gateway").mkdir()
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    shutil.copytree(ROOT / "explorer", tmp_path / "explorer", ignore=shutil.ignore_patterns("node_modules", "dist"))
    spec = importlib.util.spec_from_file_location("hook_under_test", tmp_path / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def without_node(hook, monkeypatch, tmp_path):
    """Make a machine of this one that has no Node.js and no way to fetch one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setattr(hook, "NODE_WHEEL", "./no-such-folder")


def test_without_node_there_is_a_warning_and_no_failure(hook, monkeypatch, tmp_path):
    """It says what is missing, and leaves nothing half-made behind."""
    without_node(hook, monkeypatch, tmp_path)
    warnings = []
    assert not hook.ensure(warnings.append)
    (warning,) = warnings
    assert re.match(r"the explorer is not built: there is no Node.js 20.11 or newer with npm", warning)
    assert [] == list((tmp_path / "gateway").iterdir())


def test_what_is_fresh_needs_no_node(hook, monkeypatch, tmp_path):
    """As when a package is built from an sdist, which carries the result."""
    without_node(hook, monkeypatch, tmp_path)
    hook.BUILT.mkdir()
    (hook.BUILT / hook.MARK).write_text(hook.digest(), "utf-8")
    assert hook.ensure(pytest.fail)


def test_what_was_built_once_is_kept_for_the_next_clone(hook, monkeypatch, tmp_path):
    """As long as it is of the same sources; the old result gives way to it, whole."""
    without_node(hook, monkeypatch, tmp_path)
    hook.kept().mkdir(parents=True)
    (hook.kept() / hook.MARK).write_text(hook.digest(), "utf-8")
    (hook.kept() / "index.html").write_text("kept", "utf-8")
    hook.BUILT.mkdir()
    (hook.BUILT / "part-OLD.js").write_text("old", "utf-8")

    assert hook.ensure(pytest.fail)
    assert {hook.MARK, "index.html"} == {path.name for path in hook.BUILT.iterdir()}
    assert [hook.BUILT] == list(hook.BUILT.parent.iterdir())

    (hook.SOURCES / "build.mjs").write_text("// other sources", "utf-8")
    assert not hook.ensure(lambda _: None)


@pytest.mark.parametrize("changed", ["package-lock.json", "src/page.css", "steps/pack.mjs", "src/examples/new.graphql"])
def test_a_change_of_a_source_is_noticed(hook, changed):
    """And what lies in node_modules is no source."""
    before = hook.digest()
    (hook.SOURCES / "node_modules" / "react").mkdir(parents=True)
    (hook.SOURCES / "node_modules" / "react" / "index.js").write_text("", "utf-8")
    assert before == hook.digest()
    with (hook.SOURCES / changed).open("a") as file:
        file.write("\n")
    assert before != hook.digest()


def test_a_failed_step_is_told_in_its_own_words(hook, tmp_path):
    """Npm's, for instance."""
    command = [sys.executable, "-c", "print('no such package'); raise SystemExit(3)"]
    with pytest.raises(hook.NotBuilt, match="no such package"):
        hook.run(command, tmp_path, dict(os.environ))


def test_the_lock_names_packages_and_no_registry():
    """Every package has its hash, whoever it is fetched from."""
    lock = json.loads((ROOT / "explorer" / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [] == [name for name, package in packages.items() if "integrity" not in package]
    assert [] == [name for name, package in packages.items() if "resolved" in package]


def test_uv_is_told_of_every_source(hook):
    """What is not among the cache keys could change without a new build."""
    project = hook.ROOT
    keys = re.findall(r'\{file = "(.*)"\}', (ROOT / "pyproject.toml").read_text("utf-8"))
    known = {path for key in keys for path in project.glob(key.replace("/**", "/**/*"))}
    assert [] == [path for path in hook.sources() if path not in known]
    assert [] == [key for key in keys if "explorer_built" in key]


@pytest.mark.slow
def test_sdist_and_wheel_carry_the_explorer(built, tmp_path):
    """So that the wheel made from the sdist has it too, where there is no Node.js."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not on PATH")
    environment = os.environ | {"TRUNKLINE_BUILD_EXPLORER": "no"}
    command = ["uv", "build", "--quiet", "--out-dir", tmp_path, ROOT]  # the wheel from the sdist
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    if done.returncode:
        pytest.skip(f"packages cannot be built here: {done.stderr.strip()[-300:]}")
    (sdist,), (wheel,) = tmp_path.glob("*.tar.gz"), tmp_path.glob("*.whl")
    expected = {f"gateway/explorer_built/{path.name}" for path in built.iterdir()}
    with tarfile.open(sdist) as archive:
        carried = {str(Path(name).relative_to(Path(name).parts[0])) for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as archive:
        installed = set(archive.namelist())
    assert expected <= carried
    assert {"hatch_build.py", "explorer/package-lock.json", "explorer/src/main.jsx", "explorer/.npmrc"} <= carried
    assert expected <= installed
    assert [] == [name for name in installed if name.startswith("explorer/") or name.endswith("hatch_build.py")]
