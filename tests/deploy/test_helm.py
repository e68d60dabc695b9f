"""The chart: linted and rendered by Helm's own library, held against Kubernetes' schemas and what we promise."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gateway.configuration import understand
from sources.positions import Document

DEPLOY = Path(__file__).parents[2] / "deploy"
CHART = DEPLOY / "helm" / "trunkline"
TOOLS = ["--with", "helm-python-sdk==0.2.2", "--with", "kubernetes-validate==1.37.0"]
EVERYTHING = {
    "secrets": {"CRM_TOKEN": "t", "HOOK_SECRET": "h"},
    "env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
    "storeUpgrade": True,
    "image": {"repository": "registry.example/trunkline", "tag": "1", "pullSecrets": [{"name": "pull"}]},
    "metrics": {"port": 9464, "podMonitor": True},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "tls", "annotations": {"a": "b"}},
    "networkPolicy": {
        "from": [{"namespaceSelector": {}}],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 443, "protocol": "TCP"}]}],
    },
    "nodeSelector": {"zone": "a"},
    "tolerations": [{"key": "dedicated", "operator": "Exists"}],
    "podAnnotations": {"c": "d"},
}
Manifests = dict[str, dict[str, Any]]
Render = Callable[[dict[str, Any]], Manifests]

pytestmark = pytest.mark.slow


def helm(values: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    """Call Helm in a Python of its own; it is large, and nothing else needs it."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("there is no uv here, which brings Helm")
    command = [uv, "run", "--quiet", "--no-project", *TOOLS, "python"]
    if subprocess.run([*command, "-c", "import helm_python"], capture_output=True, timeout=300).returncode:
        pytest.skip(f"uv cannot bring Helm: {' '.join(TOOLS)}")
    script = Path(__file__).parent / "rendering.py"
    return subprocess.run(
        [*command, script, CHART], input=json.dumps(values), capture_output=True, text=True, timeout=120, check=False
    )


def rendered(values: dict[str, Any]) -> Manifests:
    """The manifests by their kind, linted and validated."""
    done = helm(values)
    assert 0 == done.returncode, done.stderr[-2000:]
    return {one["kind"]: one for one in json.loads(done.stdout)["manifests"]}


@pytest.fixture(scope="module")
def usual() -> Manifests:
    """What comes of no values at all."""
    return rendered({})


@pytest.fixture(scope="module")
def everything() -> Manifests:
    """What comes of values for everything."""
    return rendered(EVERYTHING)


def pod(manifests: Manifests, kind: str = "Deployment") -> dict[str, Any]:
    """The pod that is run."""
    found: dict[str, Any] = manifests[kind]["spec"]["template"]["spec"]
    return found


def test_what_there_is_by_default(usual: Manifests) -> None:
    """Several gateways that grow with load, are not all ended at once, and are reached by whom they are for."""
    assert {
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    } == set(usual)
    assert usual["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 2
    assert "replicas" not in usual["Deployment"]["spec"]


def test_what_there_is_when_everything_is_wanted(everything: Manifests, usual: Manifests) -> None:
    """The rest, too."""
    assert {"Ingress", "Job", "PodMonitor", "Secret"} == set(everything) - set(usual)
    assert {"name": "trunkline"} == pod(everything)["containers"][0]["envFrom"][0]["secretRef"]
    assert ["Ingress", "Egress"] == everything["NetworkPolicy"]["spec"]["policyTypes"]


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_nothing_may_be_done_but_run(everything: Manifests, kind: str) -> None:
    """Not root, nothing to write to, no capability, no token of the cluster's."""
    running = pod(everything, kind)
    (container,) = running["containers"]
    assert {"runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001} == {
        name: running["securityContext"][name] for name in ("runAsNonRoot", "runAsUser", "runAsGroup")
    }
    assert {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    } == container["securityContext"]
    assert running["automountServiceAccountToken"] is False
    assert all(mount["readOnly"] for mount in container["volumeMounts"])


def test_probes_ask_the_addresses_that_are_for_them(usual: Manifests) -> None:
    """Life asks nobody; readiness says when a gateway leaves, before it does."""
    (container,) = pod(usual)["containers"]
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"} == probes


def test_the_usual_configuration_is_understood(usual: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Trunkline, with the port at which figures are, and time to end what was begun."""
    monkeypatch.setenv("CRM_TOKEN", "t")
    text = usual["ConfigMap"]["data"]["trunkline.yaml"]
    gateway = understand(Document.parse(text, "trunkline.yaml")).gateway
    ports = {port["name"]: port["containerPort"] for port in pod(usual)["containers"][0]["ports"]}
    assert gateway.metrics is not None
    assert gateway.metrics.address is not None
    assert ports["metrics"] == gateway.metrics.address[1]
    assert pod(usual)["terminationGracePeriodSeconds"] > gateway.linger + gateway.drain


def test_a_new_configuration_brings_new_gateways(usual: Manifests) -> None:
    """What holds only from the next start holds, then."""
    text = YAML(typ="safe", pure=True).load((CHART / "values.yaml").read_text("utf-8"))["configuration"]
    other = rendered({"configuration": text + "# otherwise\n"})
    marks = [one["Deployment"]["spec"]["template"]["metadata"]["annotations"] for one in (usual, other)]
    assert marks[0]["trunkline/configuration"] != marks[1]["trunkline/configuration"]


def test_wrong_values_are_refused() -> None:
    """By name."""
    done = helm({"replica": 3})
    assert done.returncode
    assert "replica" in done.stderr
