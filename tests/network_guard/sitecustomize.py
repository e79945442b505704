"""Block network connections of test processes, except to this machine and the servers in TESTS_ALLOWED_HOSTS.

While a transaction of the product is open, every connection is blocked, because others may wait for the locked rows.

Python runs a file of this name when it starts, if its folder is on PYTHONPATH. So web servers, workers and commands
that a test starts are guarded too. Connections of libraries in C (libpq, Chromium) are not seen here.
"""

import os
import socket
import sys
import traceback
from ipaddress import ip_address
from pathlib import Path

ALLOWED_HOSTS = {*os.environ["TESTS_ALLOWED_HOSTS"].split(), "localhost", socket.gethostname(), ""}
ADDRESS_ARGUMENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
"""By audit event of Python: the position of the argument that holds the address."""


def is_loopback(host):
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def has_open_transaction():
    """Whether the product has a transaction open in this thread. The one around a test does not count."""
    db = sys.modules.get("django.db")
    if db is None or not hasattr(db, "connections"):
        return False
    opened = db.connections.all(initialized_only=True)
    return any(not block._from_testcase for connection in opened for block in connection.atomic_blocks)


def refuse_in_transaction(what):
    if has_open_transaction():
        log_attempt(f"{what}, in a transaction")
        raise PermissionError(f"Nobody is reached over the network while a transaction is open: {what}.")


def log_attempt(what):
    with Path(os.environ["TESTS_BLOCKED_CONNECTIONS"]).open("a") as log:
        log.write(f"{what}\n{''.join(traceback.format_stack()[-8:-2])}\n")


def check_event(event, arguments):
    if event not in ADDRESS_ARGUMENTS:
        return
    if event == "socket.connect":
        refuse_in_transaction(f"{event} {arguments[1]}")
    where = arguments[ADDRESS_ARGUMENTS[event]]
    host = where[0] if isinstance(where, tuple) else where
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and not isinstance(where, tuple):
        return  # a Unix socket, or a socket that is connected already
    host = host.decode() if isinstance(host, bytes) else host
    if host is None or host in ALLOWED_HOSTS or is_loopback(host):
        return
    log_attempt(f"{event} {where}")
    raise PermissionError(f"Tests reach nobody but their own servers, and not {where}.")


sys.addaudithook(check_event)
