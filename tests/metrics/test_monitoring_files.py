"""deploy/monitoring/: the dashboard, the rules and the configuration parse, and name metrics that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from streamsite.metrics import exposition

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
RULES = yaml.safe_load((MONITORING / "streamsite.rules.yml").read_text())
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())
SCRAPING = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in ALERTS] + [
    (panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]
]
WORDS = {
    *("sum", "min", "max", "count", "topk", "rate", "increase", "histogram_quantile", "time", "vector"),
    *("by", "or", "and", "unless", "on", "ignoring", "up"),
}
LABELS = {
    "job",
    "status",
    "route",
    "check",
    "queue",
    "state",
    "result",
    "reason",
    "le",
    "command",
    "collection",
}
LABELS |= {"version", "kind", "delivery", "code", "instance", "method", "process", "mode"}


def without_selectors(expression):
    """Return an expression without what is in braces and brackets: names, words and numbers are left."""
    return re.sub(r"\[[^\]]*\]", "", re.sub(r"\{[^}]*\}", "", expression))


def metric_names(expression):
    return set(re.findall(r"\bstreamsite_\w+", expression))


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_an_expression_names_metrics_and_words_that_exist(title, expression):
    names = metric_names(expression)
    assert names or "up{" in expression
    assert names <= exposition.declared_names()
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    assert {label.strip() for group in grouped for label in group.split(",")} <= LABELS
    left = re.sub(r"\bby \([^)]*\)", "", without_selectors(expression))
    assert set(re.findall(r"[a-zA-Z_]\w*", left)) - names <= WORDS


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_an_expression_is_closed(title, expression):
    depth = {"(": 0, "{": 0, "[": 0}
    for character in re.sub(r'"[^"]*"', "", expression):
        if character in depth:
            depth[character] += 1
        elif character in ")}]":
            opening = {")": "(", "}": "{", "]": "["}[character]
            depth[opening] -= 1
            assert depth[opening] >= 0
    assert set(depth.values()) == {0}


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_counters_are_read_as_rates(title, expression):
    for name in metric_names(expression):
        if name.endswith(("_total", "_bucket", "_sum", "_count")):
            assert re.search(rf"(?:rate|increase)\({name}\b", expression), name


def test_selectors_name_labels_that_the_metrics_have(scrape):
    for _, expression in EXPRESSIONS:
        for name, selector in re.findall(r"(streamsite_\w+)\{([^}]*)\}", expression):
            wanted = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", selector)) - {"job"}
            assert wanted <= labels_of(name), (name, selector)


def labels_of(name):
    from streamsite.metrics.instruments import REGISTRY
    from streamsite.metrics.registry import sources

    for source in sources():
        for family in source.families:
            if family.name == name:
                return set(family.labels)
    base = re.sub(r"_(?:total|bucket|sum|count)\Z", "", name)
    (metric,) = {found for found in REGISTRY._collector_to_names if found._name == base}
    return {*metric._labelnames, "le"}


def test_every_family_that_matters_has_an_alert():
    alerted = {name for rule in ALERTS for name in metric_names(rule["expr"])}
    for name in ("database_up", "queue_without_worker", "job_oldest_age_seconds", "disk_free_bytes"):
        assert f"streamsite_{name}" in alerted
    assert "streamsite_backup_last_success_timestamp_seconds" in alerted


def test_alerts_say_what_to_do():
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS) > 10
    for rule in ALERTS:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"Streamsite[A-Za-z]+", rule["alert"])
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert re.fullmatch(r"\d+[smhd]", rule.get("for", "1m"))
        assert len(rule["annotations"]["summary"]) > 10
        assert len(rule["annotations"]["description"]) > 20


def test_the_dashboard_can_be_imported():
    assert DASHBOARD["uid"] == "streamsite"
    assert "id" not in DASHBOARD
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    text = json.dumps(DASHBOARD)
    assert set(re.findall(r"\$\{?(\w+)", text)) == variables == {"datasource", "job"}
    for panel in PANELS:
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_panels_do_not_cover_each_other():
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_the_configuration_scrapes_what_there_is():
    (scrape,) = SCRAPING["scrape_configs"]
    assert scrape["metrics_path"] == "/metrics"
    assert scrape["authorization"]["type"] == "Bearer"
    assert SCRAPING["rule_files"] == ["streamsite.rules.yml"]
    assert f'job="{scrape["job_name"]}"' in ALERTS[0]["expr"]
