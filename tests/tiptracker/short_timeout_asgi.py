"""The ASGI wrapper around a WSGI application that returns the body, with one thread and a short time-out."""

from tiptracker.asgi import AsgiApplication


def echo_body(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


application = AsgiApplication(echo_body, threads=1, max_bytes=10_000_000, initial_seconds=1.0)
