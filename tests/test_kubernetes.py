"""deploy/kubernetes: its objects fit Kubernetes' schemas and each other, and say what pods may do."""

import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml
from django.core.management import get_commands, load_command_class

from streamsite import __version__
from tests.support.deploy import kubernetes
from tests.support.deploy.kubernetes import of_kind
from tests.test_deploy import KNOWN, is_command

# The oldest version whose schemas come with the package and that is still maintained, and its newest.
VERSIONS = ("1.34", kubernetes_validate.latest_version())
KINDS = {
    *("ConfigMap", "PersistentVolumeClaim", "Job", "Deployment", "Service", "Ingress"),
    *("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"),
}


def named(items):
    return {item["metadata"]["name"]: item for item in items}


def identify(item):
    return f"{item['kind']} {item['metadata']['name']}"


def build(folder):
    """Return what ``kubectl kustomize`` makes of a folder."""
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl here")
    ran = subprocess.run(
        ["kubectl", "kustomize", folder],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return list(yaml.safe_load_all(ran.stdout))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("item", kubernetes.list_objects(), ids=identify)
def test_objects_fit_the_schemas(item, version):
    kubernetes_validate.validate(item, version, strict=True)


def test_the_schemas_refuse_what_is_misspelled():
    (web,) = [item for item in of_kind("Deployment") if item["metadata"]["name"] == "streamsite-web"]
    web["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(web, VERSIONS[-1], strict=True)


def test_the_example_is_the_base_with_its_values():
    built = build(kubernetes.EXAMPLE)
    assert {item["kind"] for item in built} == KINDS
    assert sorted(map(identify, built)) == sorted(map(identify, kubernetes.list_objects()))
    for item in built:
        kubernetes_validate.validate(item, VERSIONS[-1], strict=True)


def test_the_jobs_name_is_the_images_tag(tmp_path):
    """A job cannot be changed: every release needs another one."""
    overlay = tmp_path / "kubernetes" / "overlays" / "mine"
    shutil.copytree(kubernetes.BASE, tmp_path / "kubernetes" / "base")
    overlay.mkdir(parents=True)
    text = (kubernetes.EXAMPLE / "kustomization.yaml").read_text()
    text = text.replace("newName: registry.example.org/", "newName: registry.example.net:5000/team/")
    text = text.replace(f"newTag: {__version__}", "newTag: 9.8.7-3").replace(
        "# namespace: streamsite", "namespace: streamsite"
    )
    (overlay / "kustomization.yaml").write_text(text)
    built = build(overlay)
    (job,) = [item for item in built if item["kind"] == "Job"]
    assert job["metadata"]["name"] == "streamsite-prepare-9.8.7-3"
    assert {item["metadata"]["namespace"] for item in built} == {"streamsite"}
    for item in built:
        if item["kind"] in {"Job", "Deployment"}:
            pod = item["spec"]["template"]["spec"]
            for container in (*pod.get("initContainers", ()), *pod["containers"]):
                assert container["image"] == "registry.example.net:5000/team/streamsite:9.8.7-3"


def test_images_and_the_job_are_of_this_version():
    images = {container["image"] for container in kubernetes.containers()}
    assert images == {f"registry.example.org/streamsite:{__version__}"}
    (job,) = of_kind("Job")
    assert job["metadata"]["name"] == f"streamsite-prepare-{__version__}"
    example = yaml.safe_load((kubernetes.EXAMPLE / "kustomization.yaml").read_text())
    assert [image["newTag"] for image in example["images"]] == [__version__]


def test_commands_exist():
    containers = list(kubernetes.containers())
    assert {container["name"] for container in containers} == {
        *("prepare", "wait", "web", "worker", "tasks", "copies")
    }
    for container in containers:
        assert is_command(container["command"])
    assert "prepare" in get_commands()
    load_command_class(get_commands()["prepare"], "prepare")


def test_settings_exist():
    (settings,) = of_kind("ConfigMap")
    assert set(settings["data"]) <= KNOWN


@pytest.mark.parametrize("pod", kubernetes.pods(), ids=lambda pod: pod["metadata"]["labels"]["app"])
def test_pods_may_do_little(pod):
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        for amounts in (container["resources"]["requests"], container["resources"]["limits"]):
            assert set(amounts) == {"cpu", "memory"}


def test_what_runs_on_is_probed_and_waits_for_the_job():
    for item in of_kind("Deployment"):
        spec = item["spec"]["template"]["spec"]
        (wait,) = spec["initContainers"]
        assert wait["command"][-2:] == ["prepare", "--wait"]
        for container in spec["containers"]:
            assert set(kubernetes.PROBES) <= set(container)


def test_workers_are_started_again_when_the_documents_say_so():
    workers = [container for container in kubernetes.containers() if "run_worker" in container["command"]]
    assert len(workers) == 3
    for container in workers:
        assert container["livenessProbe"]["periodSeconds"] == 30
        assert container["livenessProbe"].get("failureThreshold", 3) == 3


def test_the_web_server_is_probed_by_addresses_that_answer(cast):
    paths = {
        container[probe]["httpGet"]["path"]
        for container in kubernetes.containers()
        for probe in kubernetes.PROBES
        if "httpGet" in container.get(probe, {})
    }
    assert paths == {"/healthz", "/readyz"}
    for path in paths:
        assert cast.page("anonymous").get(path).status_code == 200


def test_selectors_are_labels_of_pods():
    """They are fixed for good: a deployment whose selector differs cannot be applied to a cluster that has it."""
    deployments = named(of_kind("Deployment"))
    for name, item in deployments.items():
        labels = item["spec"]["template"]["metadata"]["labels"]
        assert item["spec"]["selector"] == {"matchLabels": {"app": name}}
        assert labels["app"] == name
    for item in of_kind("PodDisruptionBudget"):
        assert item["spec"]["selector"]["matchLabels"]["app"] in deployments
    (service,) = of_kind("Service")
    assert service["spec"]["selector"]["app"] in deployments


def test_one_hand_counts_the_web_pods():
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    web = named(of_kind("Deployment"))[scaler["spec"]["scaleTargetRef"]["name"]]
    assert "replicas" not in web["spec"]
    assert scaler["spec"]["minReplicas"] >= 2
    (budget,) = [item for item in of_kind("PodDisruptionBudget") if "minAvailable" in item["spec"]]
    assert budget["spec"]["minAvailable"] < scaler["spec"]["minReplicas"]


def test_pods_that_are_several_are_spread():
    for name, item in named(of_kind("Deployment")).items():
        if item["spec"].get("replicas", 2) > 1:
            (spread,) = item["spec"]["template"]["spec"]["topologySpreadConstraints"]
            assert spread["labelSelector"] == {"matchLabels": {"app": name}}


def to_everyone(rule):
    return any(peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0" for peer in rule["to"])


def test_a_name_server_of_the_node_is_reached_where_metadata_is_not():
    (outside,) = [
        item["spec"]["egress"]
        for item in of_kind("NetworkPolicy")
        if item["metadata"]["name"] == "streamsite-outside"
    ]
    (names,) = [rule for rule in outside if {"ipBlock": {"cidr": "169.254.20.10/32"}} in rule["to"]]
    assert {(port["port"], port["protocol"]) for port in names["ports"]} == {(53, "UDP"), (53, "TCP")}
    for rule in outside:
        if to_everyone(rule):
            assert "169.254.0.0/16" in rule["to"][0]["ipBlock"]["except"]


def test_the_lines_for_a_collector_open_its_port_once_they_are_uncommented(tmp_path):
    folder = tmp_path / "kubernetes"
    shutil.copytree(kubernetes.BASE.parent, folder)
    path = folder / "overlays" / "example" / "kustomization.yaml"
    before, start, rest = path.read_text().partition("  # - target: { kind: NetworkPolicy")
    commented, end, after = rest.partition("\n\n")
    path.write_text(
        before + (start + commented).replace("\n  # ", "\n  ").replace("  # ", "  ", 1) + end + after
    )
    policies = named(item for item in build(path.parent) if item["kind"] == "NetworkPolicy")
    opened = [
        rule
        for rule in policies["streamsite-outside"]["spec"]["egress"]
        if rule["ports"][0]["port"] in {4318, 9000}
    ]
    assert len(opened) == 2
    assert not any(map(to_everyone, opened))
    for item in policies.values():
        kubernetes_validate.validate(item, VERSIONS[-1], strict=True)


def test_the_network_is_closed_to_all_pods_but_for_what_they_need():
    policies = named(of_kind("NetworkPolicy"))
    closed = policies["streamsite-deny"]["spec"]
    assert set(closed["policyTypes"]) == {"Ingress", "Egress"}
    assert not {"ingress", "egress"} & set(closed)
    ((key, value),) = closed["podSelector"]["matchLabels"].items()
    for pod in kubernetes.pods():
        assert pod["metadata"]["labels"][key] == value
    opened = {
        port["port"]
        for item in policies.values()
        for rule in item["spec"].get("egress", ())
        for port in rule["ports"]
    }
    assert opened == {53, 5353, 27017, 443, 587, 465, 25}
    anywhere = [
        rule for item in policies.values() for rule in item["spec"].get("egress", ()) if to_everyone(rule)
    ]
    assert {port["port"] for rule in anywhere for port in rule["ports"]} == {27017, 443, 587, 465, 25}
    (entered,) = [item["spec"] for item in policies.values() if "ingress" in item["spec"]]
    assert entered["podSelector"] == {"matchLabels": {"app": "streamsite-web"}}
    assert [port["port"] for rule in entered["ingress"] for port in rule["ports"]] == [8000]
