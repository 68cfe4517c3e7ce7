"""Asking both worlds, and making their answers comparable."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.core.exceptions import FieldError, ObjectDoesNotExist
from django.db import DatabaseError, NotSupportedError, models, transaction
from django.db.models import Model, QuerySet

from streamsite.mongo.engine.tests.world import World

Question = Callable[[World], object]


def to_comparable(answer: object) -> object:
    """Return an answer as nested lists of plain values, with the types that callers can tell apart."""
    if isinstance(answer, models.Model):
        return type(answer).__name__, answer.pk
    if isinstance(answer, dict):
        return {key: to_comparable(value) for key, value in answer.items()}
    if isinstance(answer, float):
        return float(f"{answer:.9g}") if math.isfinite(answer) else str(answer)
    if isinstance(answer, (memoryview, bytearray)):
        return bytes(answer)
    if answer is None or isinstance(answer, (str, bytes, int, Decimal, dt.date, dt.time, dt.timedelta)):
        return answer
    if isinstance(answer, Iterable):
        return [to_comparable(value) for value in answer]
    return answer


def answer_or_error(question: Question, world: World) -> object:
    """Return a world's answer, or the class of its error; whatever was written is rolled back."""
    with transaction.atomic(using=world.alias):
        try:
            with transaction.atomic(using=world.alias):
                answer = to_comparable(question(world))
        except NotSupportedError:
            raise
        except (DatabaseError, ObjectDoesNotExist, FieldError, ValueError, TypeError) as error:
            answer = type(error).__name__
        transaction.set_rollback(True, using=world.alias)
    return answer


def sorted_keys(videos: QuerySet[Model]) -> list[int]:
    """Return the sorted keys of what a query finds, duplicates included."""
    return sorted(videos.values_list("pk", flat=True))
