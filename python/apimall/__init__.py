"""Generate images with API Mall, wait for them and fetch them.

    import apimall

    with apimall.Client() as client:                      # the key comes from APIMALL_API_KEY
        task = client.images.generate_and_wait(model="nano-banana", prompt="a lighthouse at dusk")
        client.images.download(task, "pictures")

`AsyncClient` is the same for asyncio and trio. Everything goes through one native engine for each client,
which polls all tasks together within the gateway's rate limit.

Nothing is loaded before it is used, and no thread starts before a client is made.
"""

from __future__ import annotations

# Type checkers take it for typing's, which would take longer to import than everything here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from apimall._account import Account, AsyncAccount
    from apimall._answers import (
        Balances,
        ClientStats,
        Download,
        DownloadedFile,
        Generation,
        HistoryItem,
        HistoryPage,
        ImageTaskList,
    )
    from apimall._async_client import AsyncClient
    from apimall._async_images import AsyncImages
    from apimall._client import Client
    from apimall._default import (
        as_completed,
        balances,
        download,
        generate,
        generate_and_wait,
        get,
        history,
        wait,
        wait_many,
    )
    from apimall._errors import (
        ApimallError,
        ClosedError,
        ConflictError,
        ConnectionFailedError,
        DeadlineError,
        DownloadFailedError,
        FileError,
        ForbiddenError,
        ForkedError,
        GatewayError,
        InsufficientCreditsError,
        InternalError,
        InvalidArgumentError,
        InvalidRequestError,
        InvalidSettingError,
        NotFoundError,
        OperationCancelledError,
        OutOfMemoryError,
        ProtocolError,
        QueueFullError,
        RateLimitedError,
        RequestTimedOutError,
        ResponseTooLargeError,
        TaskFailed,
        TlsFailedError,
        UnauthorizedError,
    )
    from apimall._images import Images
    from apimall._load import ImageTask, __version__, parse_image_task
    from apimall._paths import get_include, get_library
    from apimall._status import ImageStatus

# Where each public name is; `tests/python/test_package.py` compares it with what is imported above.
_HOMES = {
    "Account": "_account",
    "ApimallError": "_errors",
    "AsyncAccount": "_account",
    "AsyncClient": "_async_client",
    "AsyncImages": "_async_images",
    "Balances": "_answers",
    "Client": "_client",
    "ClientStats": "_answers",
    "ClosedError": "_errors",
    "ConflictError": "_errors",
    "ConnectionFailedError": "_errors",
    "DeadlineError": "_errors",
    "Download": "_answers",
    "DownloadFailedError": "_errors",
    "DownloadedFile": "_answers",
    "FileError": "_errors",
    "ForbiddenError": "_errors",
    "ForkedError": "_errors",
    "GatewayError": "_errors",
    "Generation": "_answers",
    "HistoryItem": "_answers",
    "HistoryPage": "_answers",
    "ImageStatus": "_status",
    "ImageTask": "_load",
    "ImageTaskList": "_answers",
    "Images": "_images",
    "InsufficientCreditsError": "_errors",
    "InternalError": "_errors",
    "InvalidArgumentError": "_errors",
    "InvalidRequestError": "_errors",
    "InvalidSettingError": "_errors",
    "NotFoundError": "_errors",
    "OperationCancelledError": "_errors",
    "OutOfMemoryError": "_errors",
    "ProtocolError": "_errors",
    "QueueFullError": "_errors",
    "RateLimitedError": "_errors",
    "RequestTimedOutError": "_errors",
    "ResponseTooLargeError": "_errors",
    "TaskFailed": "_errors",
    "TlsFailedError": "_errors",
    "UnauthorizedError": "_errors",
    "__version__": "_load",
    "as_completed": "_default",
    "balances": "_default",
    "download": "_default",
    "generate": "_default",
    "generate_and_wait": "_default",
    "get": "_default",
    "get_include": "_paths",
    "get_library": "_paths",
    "history": "_default",
    "parse_image_task": "_load",
    "wait": "_default",
    "wait_many": "_default",
}

__all__ = [
    "Account",
    "ApimallError",
    "AsyncAccount",
    "AsyncClient",
    "AsyncImages",
    "Balances",
    "Client",
    "ClientStats",
    "ClosedError",
    "ConflictError",
    "ConnectionFailedError",
    "DeadlineError",
    "Download",
    "DownloadFailedError",
    "DownloadedFile",
    "FileError",
    "ForbiddenError",
    "ForkedError",
    "GatewayError",
    "Generation",
    "HistoryItem",
    "HistoryPage",
    "ImageStatus",
    "ImageTask",
    "ImageTaskList",
    "Images",
    "InsufficientCreditsError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidRequestError",
    "InvalidSettingError",
    "NotFoundError",
    "OperationCancelledError",
    "OutOfMemoryError",
    "ProtocolError",
    "QueueFullError",
    "RateLimitedError",
    "RequestTimedOutError",
    "ResponseTooLargeError",
    "TaskFailed",
    "TlsFailedError",
    "UnauthorizedError",
    "__version__",
    "as_completed",
    "balances",
    "download",
    "generate",
    "generate_and_wait",
    "get",
    "get_include",
    "get_library",
    "history",
    "parse_image_task",
    "wait",
    "wait_many",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
