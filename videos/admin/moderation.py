"""The moderation queue in Django admin: claim a case, read it, decide it, decide its appeal."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.current_user import signed_in_user
from accounts.models import User
from streamsite.errors import SiteError
from videos import strikes
from videos.admin.read_only import ReadOnlyAdmin
from videos.models import Case, Report, Strike
from videos.models.moderation import CaseState, Decision
from videos.moderation import cases

UNDECIDED_STATES = {CaseState.OPEN, CaseState.APPEALED}
MAX_REPORTS = 100


class DecisionForm(forms.Form):
    """The decision of a case."""

    decision = forms.ChoiceField(choices=Decision.choices, widget=forms.RadioSelect)
    strike = forms.BooleanField(
        label="Count it as a strike",
        required=False,
        help_text=f"{strikes.MAX_STRIKES} within 90 days pause publishing.",
    )
    notice = forms.CharField(
        label="What both sides are told",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )
    note = forms.CharField(
        label="Note for staff",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
    )


class AppealDecisionForm(forms.Form):
    """The decision of an appeal."""

    outcome = forms.ChoiceField(
        choices=(("uphold", "Uphold the decision"), ("grant", "Grant the appeal and undo the decision")),
        widget=forms.RadioSelect,
    )
    notice = DecisionForm.base_fields["notice"]
    note = DecisionForm.base_fields["note"]


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin[Case]):
    """Cases, most reported first. Nothing happens to their content before staff decide."""

    list_display = (
        "display_title",
        "owner",
        "display_report_count",
        "state",
        "claimed_by",
        "created_at",
    )
    list_filter = ("state", "about", "decision")
    list_select_related = ("owner", "claimed_by")
    search_fields = ("owner__username", "=subject")
    search_help_text = "A username, or the id of what was reported."
    ordering = ("-state", "-report_count", "-created_at")
    fields = (
        "content_link", "owner_link", "state", "decision", "report_count", "display_content", "report_list",
        "claimed_by", "notice", "decided_at", "appeal", "appealed_at", "action_history", "created_at",
    )  # fmt: skip
    readonly_fields = ("content_link", "owner_link", "display_content", "report_list", "action_history")
    change_form_template = "admin/videos/case/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the URL to which the form of a case is sent."""
        address = path("<str:case_id>/act/", self.admin_site.admin_view(self.act), name="videos_case_act")
        return [address, *super().get_urls()]

    def may_decide(self, request: HttpRequest) -> bool:
        """Return whether the caller may claim and decide cases."""
        return request.user.has_perm("videos.change_case")

    @method_decorator(require_POST)
    def act(self, request: HttpRequest, case_id: str) -> HttpResponse:
        """Claim, release or decide the case, by the button that was pressed."""
        case = Case.objects.filter(pk=case_id).first()
        if case is None or not self.may_decide(request):
            return HttpResponseNotFound()
        staff = signed_in_user(request)
        try:
            done = self._act(request, case, staff)
        except SiteError as error:
            self.message_user(request, error.detail, messages.ERROR)
        else:
            if done:
                self.log_change(request, case, done)
                self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:videos_case_change", args=[quote(case_id)]))

    def _act(self, request: HttpRequest, case: Case, staff: User) -> str:
        verb = request.POST.get("act", "")
        if verb == "claim":
            cases.claim(case, staff)
            return "The case is yours."
        if verb == "release":
            cases.release(case, staff)
            return "The case is back in the queue."
        form: forms.Form = (
            AppealDecisionForm(request.POST) if verb == "appeal" else DecisionForm(request.POST)
        )
        if verb not in {"decide", "appeal"} or not form.is_valid():
            self.message_user(request, "Choose a decision.", messages.ERROR)
            return ""
        data = form.cleaned_data
        if verb == "appeal":
            grant = data["outcome"] == "grant"
            cases.decide_appeal(case, staff, grant=grant, notice=data["notice"], note=data["note"])
            return "The appeal was granted." if grant else "The decision stands."
        cases.decide(
            case, staff, data["decision"], notice=data["notice"], note=data["note"], strike=data["strike"]
        )
        return f"Decided: {Decision(data['decision']).label}."

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Show the page of a case with the form that fits its state."""
        case = Case.objects.filter(pk=unquote(object_id)).first()
        context = dict(extra_context or {})
        is_own = case is not None and case.owner_id == request.user.pk
        if case is not None and case.state in UNDECIDED_STATES and self.may_decide(request) and not is_own:
            is_appeal = case.state == CaseState.APPEALED
            context["case_form"] = AppealDecisionForm() if is_appeal else DecisionForm()
            context["case_verb"] = "appeal" if is_appeal else "decide"
            context["case_act"] = reverse("admin:videos_case_act", args=[case.pk])
            context["is_claimed"] = case.claimed_by_id is not None
            context["is_mine"] = case.claimed_by_id == request.user.pk
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="what")
    def display_title(self, case: Case) -> str:
        """Return type and title of the reported content, as of the first report."""
        return f"{case.about}: {case.title or case.subject}"

    @admin.display(description="reports", ordering="report_count")
    def display_report_count(self, case: Case) -> int:
        """Return the report count."""
        return case.report_count

    @admin.display(description="what")
    def content_link(self, case: Case) -> str | SafeString:
        """Return a link to the reported content as it is now."""
        words = f"{case.about}: {case.title or case.subject}"
        return format_html('<a href="{}">{}</a>', case.url, words) if case.url else words

    @admin.display(description="owner")
    def owner_link(self, case: Case) -> SafeString:
        """Return a link to the owner, with the number of active strikes."""
        owner = User.objects.filter(pk=case.owner_id).first()
        if owner is None:
            return format_html("{}", "An account that was erased")
        address = reverse("admin:accounts_user_change", args=[quote(owner.pk)])
        count = len(strikes.active_strikes(owner.pk))
        return format_html(
            '<a href="{}">{}</a>, {} of {} strikes', address, owner.username, count, strikes.MAX_STRIKES
        )

    @admin.display(description="what it said")
    def display_content(self, case: Case) -> SafeString:
        """Return the text as of the first report."""
        return format_html('<div class="case-text">{}</div>', case.content or "-")

    @admin.display(description="reports")
    def report_list(self, case: Case) -> SafeString:
        """Render the reports: reporter and reason."""
        rows = Report.objects.filter(case=case).select_related("reporter").order_by("-created_at", "-id")
        return render_to_string("admin/videos/case/reports.html", {"reports": rows[:MAX_REPORTS]})

    @admin.display(description="history")
    def action_history(self, case: Case) -> SafeString:
        """Render the action history."""
        return render_to_string("admin/videos/case/history.html", {"history": case.history})


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin[Report]):
    """Reports, read-only: they are decided together, as a case."""

    list_display = ("reason", "reporter", "case", "created_at")
    list_filter = ("reason",)
    list_select_related = ("reporter", "case")
    search_fields = ("reporter__username",)
    ordering = ("-created_at",)


@admin.register(Strike)
class StrikeAdmin(ReadOnlyAdmin[Strike]):
    """Strikes with their expiry, read-only."""

    list_display = ("user", "case", "created_at", "expires_at")
    list_select_related = ("user", "case")
    search_fields = ("user__username",)
    ordering = ("-created_at",)
