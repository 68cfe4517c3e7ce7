"""Sections of the dashboard that belong to no app: jobs, workers, disk, storage, and counts of the last days."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from streamsite import __version__, health
from streamsite.admin_charts import bar_chart
from streamsite.admin_jobs import task_label
from streamsite.admin_site import SYSTEM, Link, Section, register_link, register_section
from streamsite.figures import computing, registry, store
from streamsite.space.reservations import reserved_bytes
from streamsite.tasks import admin_links, control, heartbeats

MAX_FAILED, MAX_WORKERS = 5, 30
SYSTEM_PERMISSIONS = ("streamsite.view_job", "streamsite.change_job")
PEOPLE_PERMISSIONS = ("accounts.view_user", "accounts.change_user")


def jobs_context(request: HttpRequest) -> dict[str, object]:
    """Return counts by queue and the jobs that failed last."""
    failed = [
        {
            "task": task_label(row["task"]),
            "url": reverse("admin:streamsite_job_change", args=[row["_id"]]),
            "subject_url": admin_links.build_admin_link(row["task"], row["args"]),
            "subject": row["args"][0] if row["args"] else "",
            "error": row.get("error", ""),
            "at": row["finished_at"],
        }
        for row in control.list_failed(MAX_FAILED)
    ]
    served, needed = heartbeats.served_queues(), health.needed_queues()
    rows = [
        {**row, "is_served": row["queue"] in served}
        for row in control.count_by_queue()
        if row["queue"] in needed
    ]
    return {
        "queues": rows,
        "unserved": [name for name in needed if name not in served],
        "failed": failed,
        "workers": [_worker_row(worker) for worker in heartbeats.list_alive(MAX_WORKERS)],
        "most": control.MAX_COUNTED,
    }


def _worker_row(worker: heartbeats.WorkerDoc) -> dict[str, object]:
    """Return a row of the table of workers: where it runs, its version, and the job it has."""
    job = worker["job"]
    return {
        **worker,
        "is_other_version": worker["version"] != __version__,
        "job_label": task_label(job["task"]) if job else "",
        "job_url": reverse("admin:streamsite_job_change", args=[job["id"]]) if job else "",
    }


def disk_context(request: HttpRequest) -> dict[str, object]:
    """Return use of the disk and the last measured sizes by kind."""
    context: dict[str, object] = {
        "watermark": settings.DISK_WATERMARK_BYTES,
        "reserved": reserved_bytes(),
        "waiting": control.count_waiting_for_space(),
    }
    try:
        usage = shutil.disk_usage(settings.DATA_DIR)
    except OSError:
        usage = None
    if usage is not None:
        context |= {
            "total": usage.total,
            "used": usage.used,
            "free": usage.free,
            "percent": round(100 * usage.used / usage.total) if usage.total else 0,
            "is_low": usage.free <= settings.DISK_WATERMARK_BYTES,
        }
    stored = store.load(store.STORAGE).get(store.STORAGE)
    if stored is None:
        return context
    labels = registry.storage_labels() | {computing.DATABASE: _("Database")}
    sizes = [(label, int(str(stored["values"].get(name, 0)))) for name, label in labels.items()]
    largest = max((size for _label, size in sizes), default=0) or 1
    context["at"] = stored["at"]
    context["kinds"] = [
        {"label": label, "size": size, "share": round(100 * size / largest)} for label, size in sizes if size
    ]
    context["sum"] = sum(size for _label, size in sizes)
    return context


def days_context(request: HttpRequest) -> dict[str, object]:
    """Return a chart of each count of the last days."""
    stored = store.load(store.DAILY).get(store.DAILY)
    if stored is None:
        return {}
    charts = []
    for figure in registry.daily_counts():
        counts = stored["values"].get(figure.name)
        if isinstance(counts, dict):
            charts.append(bar_chart(figure.name, figure.label, counts))
    return {"charts": charts, "at": stored["at"]}


register_link(Link("site-settings", _("Site settings"), SYSTEM, "streamsite.change_sitesettings", rank=-1))
register_section(
    Section("days", _("Last 30 days"), "admin/dashboard/days.html", days_context, PEOPLE_PERMISSIONS, rank=30)
)
register_section(
    Section(
        "jobs", _("Jobs and workers"), "admin/dashboard/jobs.html", jobs_context, SYSTEM_PERMISSIONS, rank=20
    )
)
register_section(
    Section("disk", _("Storage"), "admin/dashboard/disk.html", disk_context, SYSTEM_PERMISSIONS, rank=40)
)
