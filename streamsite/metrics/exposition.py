"""The text of ``/metrics``: numbers of all processes of this host, and figures of the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pymongo
from prometheus_client import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from streamsite import health
from streamsite.metrics import process_files
from streamsite.metrics.instruments import REGISTRY
from streamsite.metrics.registry import Source, sources

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        """Yield every metric, of processes first."""
        yield from sorted(_of_processes(), key=lambda metric: metric.name)
        with pymongo.timeout(health.DATABASE_SECONDS):
            is_up = health.check_results()["database"] is True
            for source in sources():
                yield from source.metrics() if is_up or not source.needs_database else _unknown(source)


def text() -> bytes:
    """Return the metrics in Prometheus' text format."""
    return generate_latest(_Everything())


def declared_names() -> set[str]:
    """Return the names of all samples that can appear."""
    names = {family.name for source in sources() for family in source.families}
    for metric in REGISTRY.collect():
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(metric.type, ("",))
        names |= {f"{metric.name}{ending}" for ending in endings}
    return names


def _of_processes() -> Iterable[Metric]:
    if not process_files.is_joined():
        return REGISTRY.collect()
    try:
        return _merged()
    except FileNotFoundError:  # a folder was emptied in between by its first process
        return _merged()


def _merged() -> Iterable[Metric]:
    return list(MultiProcessCollector.merge(process_files.list_files()))  # type: ignore[no-untyped-call]


def _unknown(source: Source) -> Iterator[Metric]:
    for family in source.families:
        yield family.metric({})
