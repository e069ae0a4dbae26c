"""Counts the queries of each request, and times what authentication costs each page: only with BENCH=1."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class QueryCountMiddleware:
    """Sets the header `X-Queries` to the number of queries of a request, including those of other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*arguments)

        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response["X-Queries"] = str(count)
        return response


class Stopwatch:
    """Adds up the time between each start and the stop that follows it."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.began = 0.0

    def start(self) -> None:
        self.began = time.perf_counter()

    def stop(self) -> None:
        self.spent += time.perf_counter() - self.began


class SignInBeginsMiddleware:
    """Placed before the session: from here to `SignInEndsMiddleware`, on the way in, at the view and on the way out, the
    time is added up and set in the header `X-Sign-In-Ms`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        watch = Stopwatch()
        request.META["bench.watch"] = watch
        watch.start()
        response = self.get_response(request)
        watch.stop()
        response["X-Sign-In-Ms"] = f"{watch.spent * 1000:.3f}"
        return response

    def process_view(self, request: HttpRequest, *rest: object) -> None:
        request.META["bench.watch"].start()


class SignInEndsMiddleware:
    """Placed after the second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        watch: Stopwatch = request.META["bench.watch"]
        watch.stop()
        response = self.get_response(request)
        watch.start()
        return response

    def process_view(self, request: HttpRequest, *rest: object) -> None:
        request.META["bench.watch"].stop()
