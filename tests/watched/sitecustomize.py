"""Lets a process of the tests reach this machine and the servers in MAY_REACH alone, and notes what else it tries.

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


def watch(event, arguments):
    if event not in ASKED_OF:
        return
    where = arguments[ASKED_OF[event]]
    host = where[0] if isinstance(where, tuple) else where
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and not isinstance(where, tuple):
        return  # a file of this machine, or what was connected before
    host = host.decode() if isinstance(host, bytes) else host
    if host is None or host in MAY_REACH or is_here(host):
        return
    with Path(os.environ["REACHED"]).open("a") as log:
        log.write(f"{event} {where}\n{''.join(traceback.format_stack()[-6:-1])}\n")
    raise PermissionError(f"Tests reach nobody but their own servers, and not {where}.")


sys.addaudithook(watch)
