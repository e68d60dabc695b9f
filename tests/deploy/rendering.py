"""Lints and renders the chart by Helm itself, and holds what comes of it against the schemas of Kubernetes.

Run apart from the tests, by a Python that has Helm's library and the schemas (`uv run --with`): values as JSON on the
standard input, the manifests as JSON on the standard output. Not strictly typed: its libraries are not there when types
are checked.
"""

import json
import sys

import helm_python
import kubernetes_validate
import yaml

VERSION = "1.31"
UNKNOWN = {"PodMonitor"}  # not Kubernetes' own


def main() -> None:
    """Render, or say what is wrong and end with 1."""
    chart, values = sys.argv[1], json.load(sys.stdin)
    told = helm_python.lint(chart, values, strict=True)
    rendered = helm_python.Chart.load(chart).render(values, name="trunkline", namespace="telecom")
    manifests = [
        one
        for name, text in rendered.items()
        if name.endswith(".yaml")
        for one in yaml.safe_load_all(text)
        if one is not None
    ]
    for manifest in manifests:
        if manifest["kind"] not in UNKNOWN:
            kubernetes_validate.validate(manifest, VERSION, strict=True)
    json.dump({"lint": told, "manifests": manifests}, sys.stdout)


if __name__ == "__main__":
    main()
