"""Lets a process of the tests reach this machine and the servers in MAY_REACH alone, and notes what else it tries.

Nobody at all is reached while a transaction of ours is open, since others may wait for the rows that it holds.

Python runs a file of this name as it starts where its folder is on PYTHONPATH: so web servers, workers and commands
that a test starts are watched like the test itself. What libraries in C open (libpq, Chromium) is not seen here.
"""

import os
import socket
import sys
import traceback
from ipaddress import ip_address
from pathlib import Path

MAY_REACH = {*os.environ["MAY_REACH"].split(), "localhost", socket.gethostname(), ""}
ASKED_OF = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}
"""By event of the interpreter: which of its arguments says where to."""


def is_here(host):
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def has_open_transaction():
    """Whether one of our own transactions is open in this thread; the one around a test doesn't count."""
    db = sys.modules.get("django.db")
    if db is None or not hasattr(db, "connections"):
        return False
    opened = db.connections.all(initialized_only=True)
    return any(not block._from_testcase for connection in opened for block in connection.atomic_blocks)


def refuse_in_transaction(what):
    if has_open_transaction():
        note(f"{what}, in a transaction")
        raise PermissionError(f"Nobody is reached over the network while a transaction is open: {what}.")


def note(what):
    with Path(os.environ["REACHED"]).open("a") as log:
        log.write(f"{what}\n{''.join(traceback.format_stack()[-8:-2])}\n")


def watch(event, arguments):
    if event not in ASKED_OF:
        return
    if event == "socket.connect":
        refuse_in_transaction(f"{event} {arguments[1]}")
    where = arguments[ASKED_OF[event]]
    host = where[0] if isinstance(where, tuple) else where
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and not isinstance(where, tuple):
        return  # a file of this machine, or what was connected before
    host = host.decode() if isinstance(host, bytes) else host
    if host is None or host in MAY_REACH or is_here(host):
        return
    note(f"{event} {where}")
    raise PermissionError(f"Tests reach nobody but their own servers, and not {where}.")


sys.addaudithook(watch)
