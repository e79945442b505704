"""The application's ASGI door before a WSGI application of one line, with one thread and a short deadline."""

from tiptracker.asgi import AsgiApplication


def answer(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


application = AsgiApplication(answer, threads=1, max_bytes=10_000_000, initial_seconds=1.0)
