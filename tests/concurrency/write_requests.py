"""Every address by which something is written, asked by the first reader who may."""

from tests.security.access_requests import BODIES, rule_url
from tests.security.test_roles import LINES
from tests.security.world import READERS

SUCCESS_STATUSES = {"200", "201", "204", "302"}
WRITE_RULES = [line for line in LINES if line.method != "GET" and SUCCESS_STATUSES & set(line.expected.values())]


def first_allowed_reader(line):
    """The first reader whom the address answers."""
    return next(reader for reader in READERS if line.expected[reader] in SUCCESS_STATUSES)


def send_write(world, line, client=None):
    """Send what the address takes; gives its answer."""
    reader = first_allowed_reader(line)
    body = BODIES.get(str(line), BODIES.get(f"{line.method} {line.route}"))
    as_json = {"content_type": "application/json"} if line.is_api else {}
    client = client or world.client(reader)
    url = rule_url(line, world.keys().get(line.row), reader)
    return getattr(client, line.method.lower())(url, body(world) if body else {}, **as_json)
