"""Reading ``/metrics``."""

from __future__ import annotations

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from streamsite import health
from streamsite.metrics import instruments, registry, requests

TOKEN = "a-token-of-the-tests-0123456789"


def parse(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return each sample by its name and labels; fails on a text that Prometheus would not take."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"{key} is there twice"
            found[key] = sample.value
    return found


class Scraped:
    """The samples of one answer."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples = parse(text)

    def value(self, name: str, **labels: str) -> float | None:
        """The number with exactly these labels; ``None`` when there is none."""
        return self.samples.get((name, frozenset(labels.items())))

    def label_values(self, label: str) -> set[str]:
        """Every value of a label."""
        return {value for _, labels in self.samples for name, value in labels if name == label}


@pytest.fixture(autouse=True)
def room_for_labels(monkeypatch):
    """Count as a process does that begins: other tests of this one may have used up its labels."""
    for name, metric in (("_counts", instruments.REQUESTS), ("_seconds", instruments.REQUEST_SECONDS)):
        monkeypatch.setattr(requests, name, instruments.BoundedLabels(metric, requests.MAX_LABELS))


@pytest.fixture
def scrape(database, settings):
    """Ask for what holds at this moment, with the token."""
    settings.METRICS_TOKEN = TOKEN

    def ask() -> Scraped:
        health.clear_check_results()
        registry.forget_readings()
        response = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        return Scraped(response.content.decode())

    return ask
