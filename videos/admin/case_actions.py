"""Actions of the page of a case. Each is safe to repeat, and says who was faster."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from accounts.models import User
from streamsite.errors import Conflict, Invalid
from videos.admin.case_forms import GRANT, AppealDecisionForm, DecisionForm
from videos.models import Case
from videos.models.moderation import CaseState, Decision
from videos.moderation import cases


@dataclass(frozen=True)
class CaseOutcome:
    """The sentence about what an action did. ``is_final`` says that the case needs no moderator any more."""

    sentence: str
    is_final: bool = False
    was_done: bool = True


def perform(case: Case, staff: User, verb: str, data: dict[str, str]) -> CaseOutcome:
    """Claim, release, or decide the case. Raises ``SiteError``, with a sentence that names who was faster."""
    try:
        if verb == "claim":
            cases.claim(case, staff)
            return CaseOutcome(_("This case is assigned to you."))
        if verb == "release":
            cases.release(case, staff)
            return CaseOutcome(_("This case is unassigned."))
        if verb == "decide":
            return _decide(case, staff, data)
        if verb == "appeal":
            return _decide_appeal(case, staff, data)
    except Conflict as error:
        raise Conflict(conflict_sentence(case.pk, staff) or error.detail) from None
    raise Invalid(_("Choose a decision."))


def _decide(case: Case, staff: User, data: dict[str, str]) -> CaseOutcome:
    given = _cleaned(DecisionForm(data))
    decision = Decision(str(given["decision"]))
    done = _("Decided: %(decision)s.") % {"decision": decision.label}
    try:
        cases.decide(
            case,
            staff,
            decision.value,
            notice=str(given["notice"]),
            note=str(given["note"]),
            strike=bool(given["strike"]) and decision != Decision.NOTHING,
        )
    except Conflict:
        if _is_own_decision(case.pk, staff, CaseState.DECIDED, decision):
            return CaseOutcome(done, is_final=True, was_done=False)
        raise
    return CaseOutcome(done, is_final=True)


def _decide_appeal(case: Case, staff: User, data: dict[str, str]) -> CaseOutcome:
    given = _cleaned(AppealDecisionForm(data))
    grant = given["outcome"] == GRANT
    done = (
        _("Appeal granted. The decision is undone.") if grant else _("Appeal decided: the decision stands.")
    )
    try:
        cases.decide_appeal(case, staff, grant=grant, notice=str(given["notice"]), note=str(given["note"]))
    except Conflict:
        decision = Decision.NOTHING if grant else None
        if _is_own_decision(case.pk, staff, CaseState.CLOSED, decision):
            return CaseOutcome(done, is_final=True, was_done=False)
        raise
    return CaseOutcome(done, is_final=True)


def _cleaned(form: forms.Form) -> dict[str, object]:
    if not form.is_valid():
        raise Invalid(_("Choose a decision."))
    return form.cleaned_data


def _is_own_decision(case_id: str, staff: User, state: CaseState, decision: Decision | None) -> bool:
    """Return whether ``staff`` decided exactly that already, as after a double click."""
    now = Case.objects.filter(pk=case_id, state=state, claimed_by=staff).first()
    if now is None:
        return False
    if decision is None:
        return now.decision != Decision.NOTHING
    return now.decision == decision


def conflict_sentence(case_id: str, staff: User) -> str:
    """Return who has or decided the case; ``""`` when nobody else does."""
    now = Case.objects.select_related("claimed_by").filter(pk=case_id).first()
    if now is None or now.claimed_by is None:
        return ""
    if now.state == CaseState.CLOSED:
        names = {"name": now.claimed_by.username}
        return _("Nothing was changed: %(name)s already decided this appeal.") % names
    if now.state == CaseState.DECIDED:
        values = {"name": now.claimed_by.username, "decision": now.get_decision_display()}
        return _("Nothing was changed: %(name)s already decided this case (%(decision)s).") % values
    if now.claimed_by_id != staff.pk:
        return _("Nothing was changed: this case is assigned to %(name)s.") % {
            "name": now.claimed_by.username
        }
    return ""
