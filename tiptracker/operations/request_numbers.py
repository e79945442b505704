"""Give each request a number, which its answer, its log lines and its error page show; and count requests."""

from time import perf_counter

from django.http import HttpRequest, HttpResponse

from tiptracker.audit.request_context import Handler
from tiptracker.infrastructure.log_lines import new_request_number, request_number
from tiptracker.operations.metrics import count_request

HEADER = "X-Request-ID"


def request_numbers_middleware(get_response: Handler) -> Handler:
    """Middleware: number the request, and count it by view and status. A number in the request itself is ignored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number = new_request_number()
        request_number.set(number)
        begun = perf_counter()
        response = get_response(request)
        count_request(request, response, perf_counter() - begun)
        response.headers[HEADER] = number
        # Django logs an error after the last middleware, so the number is valid until the answer is sent.
        response._resource_closers.append(lambda: request_number.set(""))  # type: ignore[attr-defined]
        return response

    return middleware
