"""The context of a case's page: content, reports, the history of both sides, and what can be decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts import sanction_store
from accounts.current_user import signed_in_user
from accounts.models import User
from videos import strikes
from videos.admin.case_forms import AppealDecisionForm, DecisionForm
from videos.admin.case_queue import APPEAL_OUTCOMES, DECISIONS, UNDECIDED_STATES, next_case
from videos.admin.media import mark_reviewable, preview_context
from videos.models import Case, Report
from videos.models.moderation import CaseState, Decision
from videos.moderation import previews

MAX_REPORTS, MAX_FORMER_REPORTS, MAX_FORMER_CASES, MAX_WARNINGS = 50, 500, 10, 5
UPHELD, REJECTED, WAITING = "upheld", "rejected", "waiting"


def case_context(request: HttpRequest, case: Case, *, may_decide: bool) -> dict[str, object]:
    """Return everything that the page of a case shows."""
    staff = signed_in_user(request)
    preview = previews.load_preview(case.about, case.subject)
    if preview is not None and preview.video is not None:
        mark_reviewable(staff, [preview.video])
    context: dict[str, object] = {
        "case": case,
        "preview": preview,
        "player": preview_context(preview.video) if preview is not None and preview.video else None,
        "text_changed": preview is not None and preview.text.strip() != case.content.strip(),
        "reports": reports_with_history(case),
        "max_reports": MAX_REPORTS,
        "owner": owner_context(request, case),
        "history": [{**step, "at": parse_datetime(str(step.get("at", "")))} for step in case.history],
        "is_own": case.owner_id == staff.pk,
    }
    if case.state in UNDECIDED_STATES and may_decide:
        following = next_case(staff, case)
        context["next_url"] = _case_url(following) if following else ""
        if not context["is_own"]:
            context |= _decision_context(case, staff)
    return context


def _decision_context(case: Case, staff: User) -> dict[str, object]:
    is_appeal = case.state == CaseState.APPEALED
    is_mine = case.claimed_by_id == staff.pk
    return {
        "case_form": AppealDecisionForm() if is_appeal else DecisionForm(),
        "case_verb": "appeal" if is_appeal else "decide",
        "case_act": reverse("admin:videos_case_act", args=[case.pk]),
        "choices": APPEAL_OUTCOMES if is_appeal else DECISIONS,
        "is_mine": is_mine,
        "is_free": case.claimed_by_id is None,
        "may_act": is_mine or case.claimed_by_id is None,
    }


def _case_url(case: Case) -> str:
    return reverse("admin:videos_case_change", args=[quote(case.pk)])


def outcome_of(state: str, decision: str) -> str:
    """Return what became of a report whose case has this state and decision."""
    if state == CaseState.OPEN:
        return WAITING
    return REJECTED if decision in ("", Decision.NOTHING) else UPHELD


def reports_with_history(case: Case) -> list[dict[str, object]]:
    """Return the newest reports of the case, each with what became of its reporter's former reports."""
    rows = Report.objects.filter(case=case).select_related("reporter").order_by("-created_at", "-id")
    reports = list(rows[:MAX_REPORTS])
    former = former_outcomes({report.reporter_id for report in reports}, case)
    return [
        {
            "report": report,
            "reporter": report.reporter,
            "url": reverse("admin:accounts_user_change", args=[quote(report.reporter_id)]),
            "former": former.get(report.reporter_id),
        }
        for report in reports
    ]


def former_outcomes(reporter_ids: Iterable[str], case: Case) -> dict[str, Counter[str]]:
    """Return the outcomes of the reporters' other reports, of up to ``MAX_FORMER_REPORTS`` in all."""
    others = Report.objects.filter(reporter_id__in=list(reporter_ids)).exclude(case=case)
    pairs = list(others.values_list("reporter_id", "case_id")[:MAX_FORMER_REPORTS])
    wanted = Case.objects.filter(pk__in=list({case_id for _reporter, case_id in pairs}))
    outcomes = {
        case_id: outcome_of(state, decision)
        for case_id, state, decision in wanted.values_list("pk", "state", "decision")
    }
    found: dict[str, Counter[str]] = {}
    for reporter_id, case_id in pairs:
        counts = found.setdefault(reporter_id, Counter())
        counts["total"] += 1
        counts[outcomes.get(case_id, WAITING)] += 1
    return found


def owner_context(request: HttpRequest, case: Case) -> dict[str, object] | None:
    """Return the owner with strikes, warnings, and former cases; ``None`` for a deleted account."""
    owner = User.objects.filter(pk=case.owner_id).first()
    if owner is None:
        return None
    return {"user": owner, "url": reverse("admin:accounts_user_change", args=[quote(owner.pk)])} | (
        moderation_history(owner, without=case)
    )


def moderation_history(owner: User, *, without: Case | None = None) -> dict[str, object]:
    """Return an account's strikes, warnings, suspensions, and cases, newest first."""
    cases = Case.objects.filter(owner_id=owner.pk).order_by("-created_at", "-id")
    if without is not None:
        cases = cases.exclude(pk=without.pk)
    return {
        "strikes": strikes.active_strikes(owner.pk),
        "max_strikes": strikes.MAX_STRIKES,
        "sanctions": sanction_store.list_for_user(owner.pk, most=MAX_WARNINGS),
        "cases": [{"case": row, "url": _case_url(row)} for row in cases[:MAX_FORMER_CASES]],
    }
