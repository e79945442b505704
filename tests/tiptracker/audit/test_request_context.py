import pytest

from tiptracker.audit.request_context import address, client_address, request_context_middleware


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "", "198.51.100.7"),
        (0, "203.0.113.9", "198.51.100.7"),  # nobody vouches for the header
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),  # the first is what the client made up
        (2, "203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "10.0.0.1", "198.51.100.7"),  # shorter than the proxies would have made it
        (1, "nonsense", None),
    ],
)
def test_client_address_believes_only_our_own_proxies(rf, settings, proxies, forwarded, seen):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="198.51.100.7")) == seen


def test_the_client_address_is_remembered_for_one_request(rf):
    def view(request):
        return address.get()

    assert request_context_middleware(view)(rf.get("/", REMOTE_ADDR="198.51.100.7")) == "198.51.100.7"
    assert address.get() is None
