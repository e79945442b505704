"""The messages of what just happened, above a page."""

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context, Engine


def render_messages(request: HttpRequest) -> str:
    """Return the messages that wait for a request as HTML; empty if none does."""
    waiting = get_messages(request)
    if not waiting:
        return ""
    context = Context({"messages": waiting, "csrf_token": get_token(request)})
    html: str = Engine.get_default().get_template("includes/messages.html").render(context)
    return html
