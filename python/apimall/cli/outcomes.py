"""What became of one task, and how each format tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.text import Text

from apimall.cli.consoles import colour, folded, mark
from apimall.cli.exits import Exit, exit_of
from apimall.cli.failures import describe

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from apimall import ApimallError, Generation, ImageTask


@dataclass
class Outcome:
    """The last that is known of a task, and of a download the files; with an error, not the whole story."""

    task_id: str
    task: ImageTask | None = None
    error: ApimallError | None = None
    files: list[Path] = field(default_factory=list)
    prompt: str | None = None

    @property
    def exit(self) -> Exit:
        """How this task alone would end the command."""
        if self.error is not None:
            return exit_of(self.error)
        failed = self.task is not None and self.task.status == "failed"
        return Exit.TASK_FAILED if failed else Exit.DONE

    @property
    def can_be_tried_again(self) -> bool:
        """Whether an error that may pass stands between the task and what was wanted of it."""
        if self.error is None or not self.task_id or self.exit is not Exit.ERROR:
            return False
        return self.error.retryable or (self.task is not None and self.task.status == "completed")

    def record(self) -> dict[str, Any]:
        """Return what JSON says of it."""
        record: dict[str, Any] = (
            self.task.to_dict() if self.task is not None else {"task_id": self.task_id or None}
        )
        if self.prompt is not None:
            record["prompt"] = self.prompt
        if self.files:
            record["files"] = [str(file) for file in self.files]
        if self.error is not None:
            record["error"] = error_record(self.error)
        return record

    def line(self, console: Console, *, briefly: bool = False) -> Text:
        """Return what people read of it; briefly, when its error was told of another task already."""
        if self.error is not None or self.task is None:
            return _error_line(self, console, briefly=briefly)
        task = self.task
        style = colour(task.status.raw)
        sign = {"completed": mark(console, "✓", "+"), "failed": mark(console, "✗", "x")}.get(task.status, "·")
        words = [task.model or "", task.status.raw]
        if task.duration is not None:
            words.append(f"{task.duration.total_seconds():.1f} s")
        words.append(_credits(task))
        text = Text.assemble((sign, style), " ", (self.task_id, "bold"), "  ", "  ".join(filter(None, words)))
        if task.status == "failed":
            text.append(f"\n    {task.error_message or 'The gateway gave no reason.'}", style)
        for place in self.files or task.result_urls:
            text.append(f"\n    {place}", "dim")
        return text


@dataclass
class Started(Outcome):
    """A task that was accepted and is not followed further."""

    generation: Generation | None = None

    def record(self) -> dict[str, Any]:
        """Return what JSON says of it."""
        answer = self.generation
        record: dict[str, Any] = {"task_id": self.task_id}
        if answer is not None:
            record["model"] = answer.model
            record["credits_used"] = answer.credits_used
            record["remaining_credits"] = answer.remaining_credits
            record["request_id"] = answer.request_id
        return {**record, "prompt": self.prompt}

    def line(self, console: Console, *, briefly: bool = False) -> Text:  # noqa: ARG002 - as in Outcome
        """Return what people read of it."""
        answer = self.generation
        words = [answer.model or ""] if answer is not None else []
        if answer is not None and answer.credits_used is not None:
            words.append(f"{answer.credits_used} credits")
        if answer is not None and answer.remaining_credits is not None:
            words.append(f"{answer.remaining_credits} left")
        sign = mark(console, "✓", "+")
        return Text.assemble((sign, "green"), " ", (self.task_id, "bold"), "  ", "  ".join(words))


def _error_line(outcome: Outcome, console: Console, *, briefly: bool) -> Text:
    error, state, sign, style = outcome.error, "nothing is known", mark(console, "✗", "x"), colour("error")
    if outcome.exit is Exit.DEADLINE:
        state = f"still {outcome.task.status.raw}" if outcome.task is not None else "not seen yet"
        sign, style = "·", colour("pending")
    elif error is not None:
        state = error.code.replace("_", " ")
    of = outcome.task_id or outcome.prompt or ""
    text = Text.assemble((sign, style), " ", (of, "bold"), "  ", (state, style))
    if error is not None and not briefly:
        for line in folded(console, describe(error), indent=4):
            text.append(f"\n    {line}", style)
    return text


def _credits(task: ImageTask) -> str:
    if task.credits_used is None:
        return ""
    back = f", {task.credits_refunded} refunded" if task.credits_refunded else ""
    return f"{task.credits_used} credits{back}"


def error_record(error: ApimallError) -> dict[str, Any]:
    """Return what JSON says of an exception."""
    return {
        "code": error.code,
        "message": describe(error),
        "http_status": error.http_status,
        "request_id": error.request_id,
        "retryable": error.retryable,
    }
