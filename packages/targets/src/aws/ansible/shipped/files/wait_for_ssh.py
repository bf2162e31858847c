"""wait_for_ssh.py SSH_CONFIG HOST SECONDS: waits until the host takes SSH connections. Exit code 1 with the reason when it does not."""

import subprocess
import sys
import time

# A new instance answers before its user's key is there.
KEY_GRACE_SECONDS = 60
# Reason that ssh gives -> what to do. These do not pass by waiting.
FATAL = {
    "REMOTE HOST IDENTIFICATION HAS CHANGED": "it shows another host key than before. If the machine was replaced, take the old key out: ssh-keygen -R {alias} -f known_hosts",
    "Host key verification failed": "its host key cannot be checked. See known_hosts beside the inventory",
    "Could not resolve hostname": "its name has no address. Make the inventory anew: terraform output -json > terraform-output.json",
    "Bad configuration option": "this machine's OpenSSH is too old for ssh_config (8.0 or newer)",
    "Bad owner or permissions": "ssh_config, or a file that it names, may be written by others",
    "no such identity": "the private key file is not there. Set ANSIBLE_PRIVATE_KEY_FILE",
    "UNPROTECTED PRIVATE KEY FILE": "the private key file may be read by others: chmod 600",
}
KEY_REFUSED = "Permission denied"


def main(config, host, seconds):
    start = time.monotonic()
    grace = min(KEY_GRACE_SECONDS, seconds)
    while True:
        done = subprocess.run(
            ["ssh", "-F", config, "-o", "BatchMode=yes", host, "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return None
        said = done.stderr.strip()
        waited = time.monotonic() - start
        for reason, advice in FATAL.items():
            if reason in said:
                return "%s cannot be reached by SSH: %s\nssh said: %s" % (host, advice.format(alias=alias_of(config, host)), said)
        if KEY_REFUSED in said and waited >= grace:
            return (
                "%s refuses the SSH key. Take the private key that belongs to ssh_public_key of Terraform: "
                "ANSIBLE_PRIVATE_KEY_FILE=~/.ssh/KEY ansible-playbook ...\nssh said: %s" % (host, said)
            )
        if waited >= seconds:
            return (
                "%s cannot be reached by SSH within %d s. Does it run, is your address in operator_cidr, and is it the bastion that answers?"
                "\nssh said: %s" % (host, seconds, said or "nothing")
            )
        time.sleep(1)


def alias_of(config, host):
    shown = subprocess.run(["ssh", "-F", config, "-G", host], capture_output=True, text=True, check=False).stdout
    return next((line.split()[1] for line in shown.splitlines() if line.startswith("hostkeyalias ")), host)


problem = main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
if problem:
    sys.exit(problem)
