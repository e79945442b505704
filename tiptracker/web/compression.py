"""Texts travel compressed: a page is an eighth of its size, which is much on a slow line."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT_TYPES = frozenset({"text/html", "text/csv", "text/plain", "application/json", "application/vnd.oai.openapi+json"})


class TextCompressionMiddleware(GZipMiddleware):
    """Django's own, but for files, which are compressed in themselves and whose length a telephone wants to know.

    It pads each answer by a random length, against whoever measures what compression does to a secret (BREACH); and our
    cookies don't come along with requests that another site makes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").partition(";")[0] not in TEXT_TYPES:
            return response
        return super().process_response(request, response)
