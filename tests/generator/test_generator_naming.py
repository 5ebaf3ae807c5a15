"""Names in each language's custom."""

from __future__ import annotations

import pytest
from generator import naming


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("APIMALL_ERROR_DEADLINE", "", "deadline"),
        ("APIMALL_OK", "", "ok"),
        ("APIMALL_STATUS_FAILED", "APIMALL_STATUS_", "failed"),
        ("APIMALL_LOG_ERROR", "APIMALL_LOG_", "error"),
        ("apimall_image_task", "", "image_task"),
    ],
)
def test_short(name: str, prefix: str, expected: str) -> None:
    assert naming.short(name, prefix) == expected


def test_cases() -> None:
    assert naming.pascal("apimall_image_task") == "ApimallImageTask"
    assert naming.camel("APIMALL_IMAGE_TASK") == "apimallImageTask"
    assert naming.snake("APIMALL_IMAGE_TASK") == "apimall_image_task"
    assert naming.screaming("apimall_image_task") == "APIMALL_IMAGE_TASK"
