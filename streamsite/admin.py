"""The job queue in Django admin: list jobs, cancel them, run them again, move them to the front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from streamsite import admin_dashboard  # noqa: F401 - registers its sections
from streamsite.admin_jobs import STATE_LABELS, job_arguments, task_label, waiting_label
from streamsite.admin_lists import BoundedListMixin
from streamsite.errors import SiteError
from streamsite.models import Job
from streamsite.tasks import admin_links, control, queue

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MAX_ERROR_LENGTH = 120
ACTIONS = {"cancel": control.cancel, "retry": control.retry, "front": control.move_to_front}
ACTION_LABELS = {
    "cancel": gettext_lazy("Cancel"),
    "retry": gettext_lazy("Retry"),
    "front": gettext_lazy("Prioritize"),
}
ACTIONS_BY_STATE = {
    queue.READY: ("front", "cancel"),
    queue.RUNNING: ("cancel",),
    queue.DEAD: ("retry",),
    queue.CANCELLED: ("retry",),
}


class TaskFilter(admin.SimpleListFilter):
    """Filter by task, among those with jobs."""

    title, parameter_name = gettext_lazy("task"), "task"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """Return every task that has jobs."""
        return [(task, task_label(task)) for task in control.list_task_names()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Return only jobs of the chosen task."""
        return queryset.filter(task=self.value()) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    """Filter by state."""

    title, parameter_name = gettext_lazy("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, StrOrPromise]]:
        """Return every state."""
        return list(STATE_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Return only jobs in the chosen state."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class QueueFilter(admin.SimpleListFilter):
    """Filter by queue, among the site's queues."""

    title, parameter_name = gettext_lazy("queue"), "queue"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """Return the queues of the settings."""
        return [(name, name) for name in control.list_queue_names()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Return only jobs of the chosen queue."""
        return queryset.filter(queue=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(BoundedListMixin[Job], admin.ModelAdmin[Job]):
    """Jobs. Only the queue creates and ends them: nothing is added, edited or deleted here."""

    admin_group, admin_rank = "system", 0
    list_display = ("display_job", "queue", "list_state", "list_times", "last_error", "buttons")
    list_filter = (StateFilter, QueueFilter, TaskFilter, "enqueued_at")
    search_fields = ("id",)
    search_help_text = gettext_lazy("Search by the ID of a job or its subject, such as a video.")
    ordering = ("-enqueued_at",)
    list_per_page = 50
    fields = (
        "id", "task", "arguments", "queue", "display_state", "priority", "display_tries", "run_at", "enqueued_at",
        "started_at", "finished_at", "worker", "worker_list", "error", "error_list",
    )  # fmt: skip
    readonly_fields = ("arguments", "display_state", "display_tries", "worker_list", "error_list")
    actions = ("cancel_jobs", "retry_jobs", "move_jobs_to_front")
    change_form_template = "admin/streamsite/job/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: the site creates jobs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Return False: only the queue changes jobs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Return False: finished jobs are deleted after a week."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Return whether the caller may see or control jobs."""
        return request.user.has_perm("streamsite.view_job") or self.has_control_permission(request)

    def has_control_permission(self, request: HttpRequest) -> bool:
        """Return whether the caller may cancel jobs and run them again."""
        return request.user.has_perm("streamsite.change_job")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        """Find by the job's id or by its first argument."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(pk__in=[term, *control.find_ids_by_argument(term)]), False

    def get_urls(self) -> list[URLPattern]:
        """Add a URL per action, for the buttons."""
        address = path(
            "<str:job_id>/<str:verb>/now/",
            self.admin_site.admin_view(self.apply_action),
            name="streamsite_job_control",
        )
        return [address, *super().get_urls()]

    @method_decorator(require_POST)
    def apply_action(self, request: HttpRequest, job_id: str, verb: str) -> HttpResponse:
        """Apply the action of a button to one job."""
        job = Job.objects.filter(pk=job_id).first()
        if verb not in ACTIONS or job is None or not self.has_control_permission(request):
            return HttpResponseNotFound()
        self._control(request, verb, [job])
        return HttpResponseRedirect(reverse("admin:streamsite_job_changelist"))

    @admin.action(description=ACTION_LABELS["cancel"], permissions=["control"])
    def cancel_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel the chosen jobs that wait or run."""
        self._control(request, "cancel", queryset)

    @admin.action(description=ACTION_LABELS["retry"], permissions=["control"])
    def retry_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queue the chosen dead or canceled jobs again."""
        self._control(request, "retry", queryset)

    @admin.action(description=ACTION_LABELS["front"], permissions=["control"])
    def move_jobs_to_front(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Move the chosen waiting jobs to the front."""
        self._control(request, "front", queryset)

    def _control(self, request: HttpRequest, verb: str, jobs: QuerySet[Job] | list[Job]) -> None:
        changed = 0
        for job in jobs:
            try:
                if ACTIONS[verb](job.pk):
                    changed += 1
                    self.log_change(request, job, f"{ACTION_LABELS[verb]}.")
                else:
                    text = _("%(job)s: no longer possible.") % {"job": job}
                    self.message_user(request, text, messages.WARNING)
            except SiteError as error:
                self.message_user(request, f"{job}: {error.detail}", messages.WARNING)
        if changed:
            self.message_user(request, _result_sentence(verb, changed), messages.SUCCESS)

    @admin.display(description=gettext_lazy("job"), ordering="task")
    def display_job(self, job: Job) -> str:
        """Return the task's name in words."""
        return task_label(job.task)

    @admin.display(description=gettext_lazy("state"))
    def list_state(self, job: Job) -> SafeString:
        """Return the state, with the subject and the worker below it."""
        subject = ", ".join(str(argument) for argument in job.args if not isinstance(argument, dict))
        address = admin_links.build_admin_link(job.task, job.args)
        link = format_html('<a href="{}">{}</a>', address, subject) if address else subject
        return format_html(
            '{}<span class="cell-more">{}</span><span class="cell-more">{}</span>',
            self.display_state(job),
            link,
            job.worker or "",
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def display_state(self, job: Job) -> StrOrPromise:
        """Return the label of the state, and what a job that was put back waits for."""
        return waiting_label(job) or STATE_LABELS.get(job.state, job.state)

    @admin.display(description=gettext_lazy("attempts"), ordering="tries")
    def display_tries(self, job: Job) -> str:
        """Return the number of tries and their maximum."""
        return _("%(count)d of %(limit)d") % {"count": job.tries, "limit": job.max_tries}

    @admin.display(description=gettext_lazy("queued"), ordering="enqueued_at")
    def list_times(self, job: Job) -> SafeString:
        """Return the time since the job was queued, with attempts and priority below it."""
        return format_html(
            '{}<span class="cell-more">{}</span><span class="cell-more">{}</span>',
            timesince(job.enqueued_at, timezone.now(), depth=1),
            _("Attempts: %(attempts)s") % {"attempts": self.display_tries(job)},
            _("Priority: %(priority)d") % {"priority": job.priority},
        )

    @admin.display(description=gettext_lazy("arguments"))
    def arguments(self, job: Job) -> SafeString:
        """Render the arguments by name."""
        context = {"arguments": job_arguments(job)}
        return render_to_string("admin/streamsite/job/arguments.html", context)

    @admin.display(description=gettext_lazy("last error"))
    def last_error(self, job: Job) -> str:
        """Return the beginning of the last error."""
        error = job.error or ""
        return error if len(error) <= MAX_ERROR_LENGTH else f"{error[:MAX_ERROR_LENGTH]}…"

    @admin.display(description="")
    def buttons(self, job: Job) -> SafeString:
        """Render the buttons of the actions that the job's state allows."""
        return _buttons(job)

    @admin.display(description=gettext_lazy("workers"))
    def worker_list(self, job: Job) -> SafeString:
        """Render the workers that took the job, in order."""
        return render_to_string("admin/streamsite/job/workers.html", {"job": job})

    @admin.display(description=gettext_lazy("errors"))
    def error_list(self, job: Job) -> SafeString:
        """Render the error of each try."""
        return render_to_string("admin/streamsite/job/errors.html", {"errors": control.list_errors(job.pk)})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show the job's page with its buttons."""
        job = Job.objects.filter(pk=unquote(object_id)).first()
        may = job is not None and self.has_control_permission(request)
        context = (extra_context or {}) | {"job_buttons": _buttons(job) if job and may else ""}
        return super().change_view(request, object_id, form_url, context)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the columns, with buttons only for callers who may use them."""
        shown = self.list_display
        return shown if self.has_control_permission(request) else shown[:-1]


def _result_sentence(verb: str, count: int) -> str:
    values = {"count": count}
    if verb == "cancel":
        return ngettext("%(count)d job canceled.", "%(count)d jobs canceled.", count) % values
    if verb == "retry":
        return ngettext("%(count)d job queued again.", "%(count)d jobs queued again.", count) % values
    return ngettext("%(count)d job prioritized.", "%(count)d jobs prioritized.", count) % values


def _buttons(job: Job) -> SafeString:
    choices = [
        (ACTION_LABELS[verb], reverse("admin:streamsite_job_control", args=[job.pk, verb]))
        for verb in ACTIONS_BY_STATE.get(job.state, ())
    ]
    return render_to_string("admin/streamsite/job/buttons.html", {"choices": choices})
