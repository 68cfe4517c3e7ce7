"""A report opens or joins a case; staff claim and decide it; its owner may appeal once.

A crowd of reports does nothing but move the case up in the queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.db import IntegrityError
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from streamsite.api.renderers import iso
from streamsite.errors import Conflict, Forbidden, Invalid, Unavailable
from streamsite.rate_limits import REPORT, enforce
from streamsite.sanitize import clean_text, is_blank
from videos import strikes
from videos.models import Case, Report
from videos.models.moderation import CaseState, Decision, Reason
from videos.moderation import reportable, store
from videos.moderation.reportable import ReportTarget
from videos.moderation.schemas import DecisionDict, ReportDict
from videos.signals import case_decided

MAX_LENGTH = 2000
MAX_TITLE_LENGTH = 200
NEWEST = ("-created_at", "-id")


def report(reporter: User, thing: ReportTarget, data: Mapping[str, object]) -> Report:
    """Report something; return the existing report when the account reported it before."""
    reason, text = data.get("reason"), data.get("text", "")
    problems: dict[str, list[str]] = {}
    if not isinstance(reason, str) or reason not in Reason.values:
        problems["reason"] = [_("Choose one of: %(values)s.") % {"values": ", ".join(Reason.values)}]
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        problems["text"] = [_("Use up to %(limit)d characters.") % {"limit": MAX_LENGTH}]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    if thing.owner.pk == reporter.pk:
        raise Invalid(_("This is your own content. You can edit or delete it yourself."), code="self_report")
    enforce(REPORT, reporter.pk)
    case = _open_case(thing)
    made = Report(case=case, reporter=reporter, reason=str(reason), text=clean_text(str(text)))
    try:
        made.save(force_insert=True)
    except IntegrityError:
        return Report.objects.get(case=case, reporter=reporter)
    Case.objects.filter(pk=case.pk).update(report_count=F("report_count") + 1, updated_at=timezone.now())
    return made


def claim(case: Case, staff: User) -> None:
    """Assign a case to a moderator. Raises ``Conflict`` when it is taken, ``Forbidden`` for one's own."""
    _require_impartial(case, staff)
    free = Q(claimed_by=None) | Q(claimed_by=staff)
    rows = Case.objects.filter(free, pk=case.pk, state__in=[CaseState.OPEN, CaseState.APPEALED])
    if not rows.update(claimed_by=staff, claimed_at=timezone.now()):
        raise Conflict(_("This case is assigned to someone else or already decided."))
    _note(case.pk, staff, "claimed")


def release(case: Case, staff: User) -> None:
    """Return a case to the queue."""
    if Case.objects.filter(pk=case.pk, claimed_by__isnull=False).update(claimed_by=None, claimed_at=None):
        _note(case.pk, staff, "released")


def decide(
    case: Case, staff: User, decision: str, *, notice: str = "", note: str = "", strike: bool = False
) -> Case:
    """Decide an open case and apply the decision.

    ``Conflict`` when it is decided, somebody else has it, or the decision cannot be carried out now; ``Forbidden`` for
    a case about ``staff``.
    """
    _require_impartial(case, staff)
    if decision not in Decision.values:
        raise Invalid(
            _("Unknown decision."),
            fields={"decision": [_("Choose one of: %(values)s.") % {"values": ", ".join(Decision.values)}]},
        )
    if strike and decision == Decision.NOTHING:
        raise Invalid(
            _("A strike requires a violation."), fields={"strike": [_("A strike requires a violation.")]}
        )
    require_possible = reportable.get_reportable_type(case.about).require_possible
    if decision == Decision.TAKEN_DOWN and require_possible is not None:
        require_possible(case.subject)
    now = timezone.now()
    rows = Case.objects.filter(Q(claimed_by=None) | Q(claimed_by=staff), pk=case.pk, state=CaseState.OPEN)
    if not rows.update(
        state=CaseState.DECIDED,
        is_open=False,
        decision=decision,
        notice=clean_text(notice)[:MAX_LENGTH],
        decided_at=now,
        updated_at=now,
        claimed_by=staff,
    ):
        raise Conflict(_("This case is assigned to someone else or already decided."))
    _note(case.pk, staff, f"decided: {decision}{', with a strike' if strike else ''}", note)
    if strike:
        strikes.add_strike(case.owner_id, case)
    if decision == Decision.TAKEN_DOWN:
        reportable.get_reportable_type(case.about).take_down(case.subject, actor=staff)
    return _announce(case.pk)


def appeal(case: Case, text: object) -> Case:
    """Appeal a decision, once. Raises ``Conflict`` when it cannot be appealed, or was already."""
    words = clean_text(text) if isinstance(text, str) else ""
    if is_blank(words) or len(words) > MAX_LENGTH:
        problem = _("Tell us why in up to %(limit)d characters.") % {"limit": MAX_LENGTH}
        raise Invalid(problem, fields={"text": [problem]})
    if not can_appeal(case):
        raise Conflict(_("This decision can't be appealed, or it already was."))
    now = timezone.now()
    rows = Case.objects.filter(pk=case.pk, state=CaseState.DECIDED)
    if not rows.update(
        state=CaseState.APPEALED,
        appeal=words,
        appealed_at=now,
        updated_at=now,
        claimed_by=None,
        claimed_at=None,
    ):
        raise Conflict(_("This decision was already appealed."))
    _note(case.pk, None, "appealed", words)
    return Case.objects.get(pk=case.pk)


def decide_appeal(case: Case, staff: User, *, grant: bool, notice: str = "", note: str = "") -> Case:
    """Uphold a decision, or reverse it.

    ``Conflict`` unless it is appealed and free or the caller's, ``Forbidden`` for a case about ``staff``.
    """
    _require_impartial(case, staff)
    now = timezone.now()
    rows = Case.objects.filter(Q(claimed_by=None) | Q(claimed_by=staff), pk=case.pk, state=CaseState.APPEALED)
    changes: dict[str, object] = {"decision": Decision.NOTHING} if grant else {}
    if not rows.update(
        state=CaseState.CLOSED,
        notice=clean_text(notice)[:MAX_LENGTH],
        decided_at=now,
        updated_at=now,
        claimed_by=staff,
        **changes,
    ):
        raise Conflict(_("This appeal is assigned to someone else or already decided."))
    _note(case.pk, staff, "appeal granted" if grant else "appeal refused", note)
    if grant:
        strikes.withdraw_strike(case)
        if case.decision == Decision.TAKEN_DOWN:
            reportable.get_reportable_type(case.about).put_back(case.subject, actor=staff)
    return _announce(case.pk)


def _require_impartial(case: Case, staff: User) -> None:
    if case.owner_id == staff.pk:
        raise Forbidden(_("This case is about you. Someone else has to decide it."))


def can_appeal(case: Case) -> bool:
    """Return whether the owner may appeal."""
    return case.state == CaseState.DECIDED and case.decision != Decision.NOTHING


def cases_against(user_id: str) -> QuerySet[Case]:
    """Return the cases in which a violation of an account was found; order by ``NEWEST``."""
    found = Case.objects.filter(owner_id=user_id).exclude(state=CaseState.OPEN)
    return found.exclude(state=CaseState.DECIDED, decision=Decision.NOTHING)


def list_reporters(case: Case) -> list[str]:
    """Return the accounts that reported it."""
    return list(Report.objects.filter(case=case).values_list("reporter_id", flat=True))


def report_body(row: Report) -> ReportDict:
    """Return a report as shown to its reporter."""
    return {"id": row.pk, "reason": row.reason, "text": row.text, "created_at": iso(row.created_at)}


def owner_body(case: Case) -> DecisionDict:
    """Return a case as shown to the accused owner, without reporters and internal notes."""
    return {
        "id": case.pk,
        "about": case.about,
        "title": reportable.STORED_TITLES.translate(case.title)
        if case.about == reportable.COMMENT
        else case.title,
        "state": case.state,
        "decision": case.decision,
        "notice": case.notice,
        "decided_at": iso(cast(datetime, case.decided_at)),
        "appeal": case.appeal,
        "can_appeal": can_appeal(case),
    }


def update_title(case: Case, title: str) -> None:
    """Update the title of the reported content; the case's history keeps the former one. Idempotent."""
    title = title[:MAX_TITLE_LENGTH]
    if title != case.title and Case.objects.filter(pk=case.pk, title=case.title).update(title=title):
        _note(case.pk, None, "renamed", f"Before: {case.title}")


def delete_for_user(user_id: str) -> None:
    """Delete a deleted account's reports; close cases against it and clear their content."""
    for row in Report.objects.filter(reporter_id=user_id).iterator():
        if Report.objects.filter(pk=row.pk).delete()[0]:
            Case.objects.filter(pk=row.case_id).update(report_count=F("report_count") - 1)
    cases = Case.objects.filter(owner_id=user_id)
    cases.update(state=CaseState.CLOSED, is_open=False, title="", content="", appeal="", url="")


def _open_case(thing: ReportTarget) -> Case:
    """Return the open case about it; create one if there is none."""
    for _attempt in range(3):
        there = Case.objects.filter(about=thing.about, subject=thing.id, is_open=True)
        for case in there:  # one at most
            return case
        case = Case(
            about=thing.about,
            subject=thing.id,
            owner=thing.owner,
            url=thing.url,
            title=thing.title[:MAX_TITLE_LENGTH],
            content=thing.content,
        )
        try:
            case.save(force_insert=True)
        except IntegrityError:  # opened by another report in between
            continue
        return case
    raise Unavailable


def _note(case_id: str, who: User | None, what: str, note: str = "") -> None:
    entry = {
        "at": iso(timezone.now()),
        "who": who.username if who else "",
        "what": what,
        "note": clean_text(note)[:MAX_LENGTH],
    }
    store.append_history(case_id, entry)


def _announce(case_id: str) -> Case:
    case = Case.objects.get(pk=case_id)
    case_decided.send(sender=Case, case=case)
    return case
