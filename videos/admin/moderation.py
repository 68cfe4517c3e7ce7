"""The moderation queue in Django admin: open the oldest case, read it, decide it, decide its appeal."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.current_user import signed_in_user
from streamsite.errors import SiteError
from videos.admin.case_actions import perform
from videos.admin.case_page import case_context
from videos.admin.case_queue import next_case
from videos.admin.media import mark_reviewable, render_thumbnail
from videos.admin.read_only import ReadOnlyAdmin
from videos.models import Case, Report, Strike, Video
from videos.moderation import previews, reportable

ABOUT_LABELS = {
    "video": gettext_lazy("Video"),
    "comment": gettext_lazy("Comment"),
    "channel": gettext_lazy("Channel"),
    "post": gettext_lazy("Post"),
}


class AboutFilter(admin.SimpleListFilter):
    """Filter by the type of what was reported."""

    title, parameter_name = gettext_lazy("type"), "about"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """Return every type."""
        return [(name, str(label)) for name, label in ABOUT_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Return only cases about the chosen type."""
        return queryset.filter(about=self.value()) if self.value() else queryset


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin[Case]):
    """Cases, most reported first. Nothing happens to their content before staff decide."""

    admin_group, admin_rank = "moderation", 0
    list_display = (
        "display_thumbnail",
        "display_title",
        "owner",
        "display_report_count",
        "state",
        "claimed_by",
        "created_at",
    )
    list_display_links = ("display_title",)
    list_filter = ("state", AboutFilter, "decision")
    list_select_related = ("owner", "claimed_by")
    list_per_page = 50
    search_fields = ("owner__username", "=subject")
    search_help_text = gettext_lazy("Search by username or the ID of what was reported.")
    ordering = ("-state", "-report_count", "-created_at")
    fields = ("state",)
    change_form_template = "admin/videos/case/change_form.html"
    change_list_template = "admin/videos/case/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the URL to which the form of a case is sent, and that of the oldest waiting case."""
        return [
            path("next/", self.admin_site.admin_view(self.open_next), name="videos_case_next"),
            path("<str:case_id>/act/", self.admin_site.admin_view(self.act), name="videos_case_act"),
            *super().get_urls(),
        ]

    def may_decide(self, request: HttpRequest) -> bool:
        """Return whether the caller may claim and decide cases."""
        return request.user.has_perm("videos.change_case")

    def open_next(self, request: HttpRequest) -> HttpResponse:
        """Lead to the oldest case that the caller may decide."""
        if not self.may_decide(request):
            return HttpResponseNotFound()
        return HttpResponseRedirect(self._next_url(request, None))

    def _next_url(self, request: HttpRequest, after: Case | None) -> str:
        case = next_case(signed_in_user(request), after)
        if case is not None:
            return reverse("admin:videos_case_change", args=[quote(case.pk)])
        self.message_user(request, _("No cases are waiting for your decision."), messages.INFO)
        return reverse("admin:videos_case_changelist")

    @method_decorator(require_POST)
    def act(self, request: HttpRequest, case_id: str) -> HttpResponse:
        """Claim, release or decide the case, by the button that was pressed; ``then=next`` leads to the next one."""
        case = Case.objects.filter(pk=case_id).first()
        if case is None or not self.may_decide(request):
            return HttpResponseNotFound()
        page = reverse("admin:videos_case_change", args=[quote(case_id)])
        staff = signed_in_user(request)
        try:
            outcome = perform(case, staff, request.POST.get("act", ""), request.POST.dict())
        except SiteError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return HttpResponseRedirect(page)
        if outcome.was_done:
            self.log_change(request, case, outcome.sentence)
        sentence: str | SafeString = outcome.sentence
        if outcome.is_final and request.POST.get("then") == "next":
            sentence = format_html('{} <a href="{}">{}</a>', sentence, page, case.title or case.subject)
            page = self._next_url(request, case)
        self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(page)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show the page of a case with the decisions that its state allows."""
        found = Case.objects.select_related("claimed_by").filter(pk=unquote(object_id)).first()
        context = dict(extra_context or {})
        if found is not None and self.has_view_permission(request, found):
            context["title"] = ABOUT_LABELS.get(found.about, found.about)
            context |= case_context(request, found, may_decide=self.may_decide(request))
        return super().change_view(request, object_id, form_url, context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Show the list, with a button that opens the oldest case."""
        return super().changelist_view(
            request, {"may_decide": self.may_decide(request), **(extra_context or {})}
        )

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Load the videos of the page's cases together, for their thumbnails."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        ids = [case.subject for case in found.result_list if case.about == reportable.VIDEO]
        videos: dict[str, Video] = previews.videos_by_id(ids) if ids else {}
        mark_reviewable(signed_in_user(request), videos.values())
        for case in found.result_list:
            case.shown_video = videos.get(case.subject)
        return found

    @admin.display(description="")
    def display_thumbnail(self, case: Case) -> SafeString:
        """Return the thumbnail of a reported video."""
        return render_thumbnail(getattr(case, "shown_video", None))

    @admin.display(description=gettext_lazy("reported"))
    def display_title(self, case: Case) -> SafeString:
        """Return title, type, and the beginning of the text, as of the first report."""
        text = f"{case.content[:80]}…" if len(case.content) > 80 else case.content
        return format_html(
            '<bdi>{}</bdi><span class="cell-more">{}{}</span>',
            case.title or case.subject,
            ABOUT_LABELS.get(case.about, case.about),
            format_html(" · <bdi>{}</bdi>", text) if text else "",
        )

    @admin.display(description=gettext_lazy("reports"), ordering="report_count")
    def display_report_count(self, case: Case) -> int:
        """Return the report count."""
        return case.report_count


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin[Report]):
    """Reports, read-only: they are decided together, as a case."""

    admin_group, admin_rank = "moderation", 10
    list_display = ("reason", "reporter", "case", "created_at")
    list_filter = ("reason",)
    list_select_related = ("reporter", "case")
    search_fields = ("reporter__username",)
    ordering = ("-created_at",)


@admin.register(Strike)
class StrikeAdmin(ReadOnlyAdmin[Strike]):
    """Strikes with their expiry, read-only."""

    admin_group, admin_rank = "moderation", 20
    list_display = ("user", "case", "created_at", "expires_at")
    list_select_related = ("user", "case")
    search_fields = ("user__username",)
    ordering = ("-created_at",)
