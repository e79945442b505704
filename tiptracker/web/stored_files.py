"""Send a stored file to a browser or a program."""

import io
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header


def stored_file_response(file: FieldFile, *, name: str, media_type: str, content: bytes) -> HttpResponse | FileResponse:
    """Return a response with a stored file, which browsers save under this name.

    If the proxy can read stored files (`PROXY_FILES_PATH`), the response has no content: it names the file, and the
    proxy sends the content in its place. deploy/proxy/nginx.conf keeps the headers.

    Args:
        content: the content of the file, whose hash the caller has checked.
    """
    if not settings.PROXY_FILES_PATH:
        return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=media_type)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "X-Accel-Redirect": settings.PROXY_FILES_PATH + quote(str(file)),
    }
    return HttpResponse(content_type=media_type, headers=headers)
