"""The project's own models: documents of the queue and of the site's settings as Django admin sees them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from streamsite.mongo.engine.rows import StoredModel
from streamsite.tasks.queue import JOBS, STATES


class Job(StoredModel):
    """A job of the queue, to be read. Only ``streamsite.tasks`` changes one, by conditional updates.

    ``errors`` is not here: it holds moments, which a JSON field cannot; ``control.list_errors`` reads it.
    """

    id = models.CharField(primary_key=True, max_length=40, db_column="_id")
    task = models.CharField(max_length=200)
    args = models.JSONField()
    kwargs = models.JSONField()
    queue = models.CharField(max_length=64)
    priority = models.IntegerField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES])
    run_at = models.DateTimeField()
    tries = models.IntegerField()
    max_tries = models.IntegerField()
    worker = models.CharField(max_length=200, null=True)  # noqa: DJ001 - absent until it is taken
    workers = models.JSONField()
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(null=True)  # noqa: DJ001 - absent until it fails
    unique = models.CharField(max_length=200, null=True)  # noqa: DJ001 - absent when it has no name

    waiting = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = JOBS
        default_permissions = ("view", "change")
        ordering = ("-enqueued_at",)

    def __str__(self) -> str:
        return f"{self.task} {self.pk[:8]}"


class SiteSettings(StoredModel):
    """The site's settings, as the thing that a permission and lines of the admin's log are about.

    Only ``streamsite.site_settings`` reads and writes the document.
    """

    id = models.CharField(primary_key=True, max_length=40, db_column="_id")

    class Meta:
        managed = False
        db_table = "streamsite_settings"
        default_permissions = ("change",)
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
