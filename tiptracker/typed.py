"""What a person typed into a form that could not be taken: given back, since no browser keeps it for them."""

from django.http import HttpRequest

A_TEXT = 20
"""Characters from which on it is worth showing again; what is shorter is chosen or typed again quickly."""
_SECRET = ("csrf", "password", "credential")


def typed_here(request: HttpRequest) -> list[str]:
    """The texts of a form that our own page sent; of another site's none, lest it has us show a text of its own."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return []
    return [
        str(text)
        for name, text in request.POST.items()
        if len(text) >= A_TEXT and not any(word in name for word in _SECRET)
    ]
