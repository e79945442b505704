"""Every request that writes something, sent by the first reader who is allowed to."""

from tests.security.access_requests import BODIES, rule_url
from tests.security.test_roles import RULES
from tests.security.world import READERS

SUCCESS_STATUSES = {"200", "201", "204", "302"}
WRITE_RULES = [line for line in RULES if line.method != "GET" and SUCCESS_STATUSES & set(line.expected.values())]


def first_allowed_reader(line):
    """Return the first reader for whom the request succeeds."""
    return next(reader for reader in READERS if line.expected[reader] in SUCCESS_STATUSES)


def send_write(world, line, client=None):
    """Send the request with valid input and return the response."""
    reader = first_allowed_reader(line)
    body = BODIES.get(str(line), BODIES.get(f"{line.method} {line.route}"))
    as_json = {"content_type": "application/json"} if line.is_api else {}
    client = client or world.client(reader)
    url = rule_url(line, world.keys().get(line.row), reader)
    return getattr(client, line.method.lower())(url, body(world) if body else {}, **as_json)
