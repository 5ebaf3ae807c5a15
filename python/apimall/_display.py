"""How tasks show themselves: short in a prompt, as a dict for JSON, as a table or a picture in a notebook."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apimall._answers import Download
    from apimall._load import ImageTask

_MOST_REMEMBERED = 1000
_LARGEST_SHOWN = 4 * 1024 * 1024
_downloads: OrderedDict[str, Download] = OrderedDict()


def task_repr(task: ImageTask) -> str:
    """Return a line without URLs: a signed one is as good as the picture."""
    parts = [repr(task.task_id), repr(task.status.raw)]
    if task.model is not None:
        parts.append(f"model={task.model!r}")
    if task.error_message is not None:
        parts.append(f"error_message={task.error_message!r}")
    if task.result_urls:
        count = len(task.result_urls)
        parts.append(f"{count} result URL{'s' if count > 1 else ''}")
    return f"ImageTask({', '.join(parts)})"


def task_dict(task: ImageTask) -> dict[str, Any]:
    """Return the fields as plain values."""
    created_at, updated_at, completed_at = task._times_as_written()  # noqa: SLF001 - for this alone
    return {
        "task_id": task.task_id,
        "model": task.model,
        "status": task.status.raw,
        "result_urls": list(task.result_urls),
        "primary_url": task.primary_url,
        "image_url": task.image_url,
        "error_message": task.error_message,
        "credits_used": task.credits_used,
        "credits_refunded": task.credits_refunded,
        "created_at": created_at,
        "updated_at": updated_at,
        "completed_at": completed_at,
        "request_id": task.request_id,
    }


def remember_download(download: Download) -> None:
    """Note where a task's pictures are, so that a notebook can show them."""
    _downloads[download.task_id] = download
    _downloads.move_to_end(download.task_id)
    while len(_downloads) > _MOST_REMEMBERED:
        _downloads.popitem(last=False)


def task_mimebundle(task: ImageTask) -> dict[str, Any]:
    """Return what Jupyter shows of a task."""
    rows = [
        ("task", task.task_id),
        ("model", task.model),
        ("status", task.status.raw),
        ("error", task.error_message),
        ("credits", task.credits_used),
        ("refunded", task.credits_refunded or None),
        ("took", task.duration),
        ("results", len(task.result_urls) or None),
    ]
    cells = "".join(
        f"<tr><th>{name}</th><td>{_html(value)}</td></tr>" for name, value in rows if value is not None
    )
    return {"text/plain": task_repr(task), "text/html": f"{_pictures(task)}<table>{cells}</table>"}


def tasks_mimebundle(tasks: Sequence[Any]) -> dict[str, Any]:
    """Return what Jupyter shows of a list of tasks and errors."""
    head = "".join(f"<th>{name}</th>" for name in ("", "task", "model", "status", "credits", "took"))
    rows = "".join(f"<tr>{_row(task)}</tr>" for task in tasks)
    return {"text/plain": repr(list(tasks)), "text/html": f"<table><tr>{head}</tr>{rows}</table>"}


def _row(task: Any) -> str:
    if isinstance(task, BaseException):
        return f"<td></td><td>{_html(getattr(task, 'task_id', ''))}</td><td colspan=4>{_html(task)}</td>"
    values = (task.task_id, task.model, task.status.raw, task.credits_used, task.duration)
    return f"<td>{_pictures(task, height=48)}</td>" + "".join(f"<td>{_html(value)}</td>" for value in values)


def _pictures(task: ImageTask, height: int = 160) -> str:
    download = _downloads.get(task.task_id or "")
    if download is None:
        return ""
    import base64
    from pathlib import Path

    shown = []
    for file in download.files:
        if file.bytes > _LARGEST_SHOWN:
            continue
        try:
            data = base64.b64encode(Path(file.path).read_bytes()).decode()
        except OSError:  # moved or deleted since
            continue
        kind = _html(file.media_type or "image/webp")
        shown.append(f'<img src="data:{kind};base64,{data}" style="height:{height}px;margin:2px">')
    return "".join(shown)


def _html(value: object) -> str:
    import html

    return "" if value is None else html.escape(str(value))
