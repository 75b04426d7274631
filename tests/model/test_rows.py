"""The words of the project as values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from importer.model.rows import Outcome
from importer.model.source import APPENDED_COLUMNS, REQUIRED_FIELDS, VALUE_FIELDS, Field
from importer.model.statuses import CONFIRMED, Status
from importer.model.stop_reasons import STOP_SENTENCES, StopReason


def test_the_statuses_are_spelled_as_agreed() -> None:
    """People filter on these words: their spelling and number are an interface."""
    assert [status.value for status in Status] == [
        "updated",
        "duplicate",
        "unchanged",
        "settled",
        "mismatch",
        "invalid",
        "rejected",
        "unconfirmed",
        "failed",
        "not_sent",
        "valid",
    ]
    assert {status.value for status in CONFIRMED} == {"updated", "duplicate", "unchanged"}


def test_the_appended_columns_are_in_the_agreed_order() -> None:
    """The six columns and their order are an interface."""
    assert APPENDED_COLUMNS == ("status", "updated_at", "message", "error_code", "http_status", "attempts")


def test_the_fields_of_the_body_are_required() -> None:
    """A table without one of the three values, or the customer, is no source."""
    assert (Field.CUSTOMER_ID, *VALUE_FIELDS) == REQUIRED_FIELDS
    assert [field.value for field in VALUE_FIELDS] == ["first_name", "last_name", "email"]


def test_every_reason_has_its_sentence() -> None:
    """No run stops without words, and each sentence can follow "The run stopped: "."""
    assert set(STOP_SENTENCES) == set(StopReason)
    assert all(sentence[0].islower() and not sentence.endswith(".") for sentence in STOP_SENTENCES.values())


def test_values_do_not_change() -> None:
    """What is true of a row is not changed afterwards."""
    with pytest.raises(FrozenInstanceError):
        setattr(Outcome(2, Status.UPDATED), "status", Status.FAILED)  # noqa: B010 - the type checker forbids it too
