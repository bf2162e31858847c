"""Tries TCP connections, all at once. Argument: JSON, a list of {"address", "port", "container" (null: from the host itself)}.

Prints the same list with "result": "open", "refused", "no answer" or why it could not be tried. A container's connections leave from its own
network, as those of its program do; nothing needs to be installed in it. Run as root.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
from threading import Thread

TIMEOUT_SECONDS = 4
CLONE_NEWNET = 0x40000000


def probe(pair):
    try:
        if pair["container"]:
            enter_network(pair["container"])
        with socket.create_connection((pair["address"], pair["port"]), timeout=TIMEOUT_SECONDS):
            pair["result"] = "open"
    except ConnectionRefusedError:
        pair["result"] = "refused"
    except socket.timeout:
        pair["result"] = "no answer"
    except (OSError, LookupError) as error:
        pair["result"] = str(error)


def enter_network(container):
    """For this thread only."""
    command = ["docker", "container", "inspect", "--format", "{{.State.Pid}}", container]
    pid = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if pid in ("", "0"):
        raise LookupError(container + " does not run")
    network = os.open("/proc/%s/ns/net" % pid, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(network, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter the network of " + container)
    finally:
        os.close(network)


pairs = json.loads(sys.argv[1])
# A thread for each: it stays in the network that it has entered.
threads = [Thread(target=probe, args=(pair,)) for pair in pairs]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(pairs))
