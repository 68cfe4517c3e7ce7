"""Errors of mail that was not accepted; the class says whether it is tried again."""

from __future__ import annotations

from streamsite.tasks.errors import PermanentFailure, RetryLater


class MailNotSent(RetryLater):
    """The mail server is away, silent, refuses for now, or refuses us: worth another try.

    The message is for staff and names no recipient. ``advice`` is its last sentence: what an operator can do.
    """

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(f"{sentence} {advice}".strip())
        self.sentence = sentence
        self.advice = advice


class AddressRefused(PermanentFailure):
    """The recipient's address does not take mail and will not.

    ``reason`` is a sentence for its owner, ``answer`` the mail server's own words for staff, if it was asked.
    """

    def __init__(self, reason: str, answer: str = "") -> None:
        quoted = f" ({answer})" if answer else ""
        super().__init__(f"The mail server permanently rejected the address{quoted}. {reason}")
        self.reason = reason
