"""The inventory and ssh_config, from the outputs of Terraform. Needs python3 and Ansible only."""

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path

from ansible import constants
from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = """
name: terraform_outputs
short_description: Hosts from the outputs of Terraform
description:
  - Reads terraform-output.json beside the inventory when it is there, else runs C(terraform output -json).
  - Writes ssh_config beside the inventory, so that C(ssh -F ssh_config HOST) goes the same way as Ansible.
options:
  plugin:
    description: Always terraform_outputs.
    required: true
  hosts:
    description: Names of the hosts of the stack. Each must be among the outputs.
    type: list
    elements: str
    required: true
"""

OUTPUTS = "terraform-output.json"
# What is the same for all hosts, with what it is when Terraform has no such output.
SHARED = {"region": None, "public_urls": {}, "log_groups": {}, "alarm_topic_arn": None}

SSH_CONFIG = """# Written by inventory_plugins/terraform_outputs.py whenever Ansible runs: changes are lost.
#   ssh -F ssh_config HOST        HOST is one of: {names}
{hosts}
Host *
  User {user}
  # Hosts are known here only; the first key that a host shows is the one that counts from then on.
  UserKnownHostsFile "{folder}/known_hosts"
  StrictHostKeyChecking accept-new
  # One connection for all, so that the bastion is asked once.
  ControlMaster auto
  ControlPath "{sockets}/{mark}-%C"
  ControlPersist 60s
  ConnectTimeout 10
  ServerAliveInterval 15
  ServerAliveCountMax 4
  ForwardAgent no
"""


class InventoryModule(BaseInventoryPlugin):
    NAME = "terraform_outputs"

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith((".yml", ".yaml"))

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        folder = Path(path).resolve().parent
        outputs, source = read_outputs(folder)
        hosts, bastion = check_outputs(outputs, self.get_option("hosts"), source)
        user = outputs.get("ssh_user") or "ubuntu"

        config = folder / "ssh_config"
        write_if_changed(config, render_ssh_config(folder, hosts, bastion, user))

        for group in ("bastion_host", "public_subnet", "private_subnet"):
            inventory.add_group(group)
        for name, host in hosts.items():
            inventory.add_host(name, group=host["subnet"] + "_subnet")
            if name == bastion:
                inventory.add_host(name, group="bastion_host")
            for variable in ("private_ip", "public_ip", "instance_id", "data_volume_id", "subnet"):
                inventory.set_variable(name, variable, host.get(variable))
            inventory.set_variable(name, "ansible_user", user)
            inventory.set_variable(name, "ansible_python_interpreter", "/usr/bin/python3")
            inventory.set_variable(name, "ansible_ssh_common_args", "-F '%s'" % config)
        shared = {name: outputs.get(name, default) for name, default in SHARED.items()}
        for name, value in {"bastion": bastion, "ssh_config": str(config), **shared}.items():
            inventory.set_variable("all", name, value)


def read_outputs(folder):
    saved = folder / OUTPUTS
    if saved.exists():
        source, text = str(saved), saved.read_text(encoding="utf-8")
    else:
        source, text = run_terraform(folder.parent / "terraform", saved)
    try:
        return {name: output["value"] for name, output in json.loads(text).items()}, source
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AnsibleParserError(
            "%s is not what 'terraform output -json' prints (%s). Write it anew: terraform -chdir=../terraform output -json > %s"
            % (source, error, OUTPUTS)
        ) from error


def run_terraform(folder, saved):
    for program in ("terraform", "tofu"):
        command = [program, "-chdir=%s" % folder, "output", "-json"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        if done.returncode != 0:
            raise AnsibleParserError("'%s' failed: %s" % (" ".join(command), done.stderr.strip()))
        return "'%s'" % " ".join(command), done.stdout
    raise AnsibleParserError(
        "there is neither %s nor a program terraform or tofu. Write the file where Terraform runs: terraform output -json > %s" % (saved, OUTPUTS)
    )


def check_outputs(outputs, expected, source):
    hosts, bastion = outputs.get("hosts"), outputs.get("bastion")
    if not hosts or not bastion:
        raise AnsibleParserError("%s has no outputs 'hosts' and 'bastion': run 'terraform apply' first" % source)
    missing = sorted(set(expected) - set(hosts))
    if missing:
        raise AnsibleParserError("%s lacks the hosts %s: run 'terraform apply', and write %s anew" % (source, ", ".join(missing), OUTPUTS))
    lacking = sorted(name for name, host in hosts.items() if not host.get("private_ip") or host.get("subnet") not in ("public", "private"))
    if lacking:
        raise AnsibleParserError("%s: the output 'hosts' lacks private_ip or subnet of %s" % (source, ", ".join(lacking)))
    if bastion not in hosts or not hosts[bastion].get("public_ip"):
        raise AnsibleParserError("%s: the bastion '%s' is no host with a public_ip" % (source, bastion))
    addresses = [host["private_ip"] for host in hosts.values()]
    if len(set(addresses)) < len(addresses):
        raise AnsibleParserError("%s: two hosts have one private_ip: %s" % (source, ", ".join(sorted(addresses))))
    return {name: hosts[name] for name in expected}, bastion


def render_ssh_config(folder, hosts, bastion, user):
    sockets = Path("~/.ansible/cp").expanduser()
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = SSH_CONFIG.format(
        names=", ".join(hosts),
        hosts="".join(host_block(name, host, bastion) for name, host in hosts.items()),
        user=user,
        folder=folder,
        sockets=sockets,
        mark=sha256(str(folder).encode()).hexdigest()[:8],
    )
    # As Ansible is told: --private-key is not, since what is asked for once would be forgotten the next time.
    key = constants.DEFAULT_PRIVATE_KEY_FILE
    if key:
        text += '  IdentityFile "%s"\n  IdentitiesOnly yes\n' % Path(key).expanduser().resolve()
    return text


def host_block(name, host, bastion):
    lines = ["Host " + name]
    if name == bastion:
        lines.append("  HostName " + host["public_ip"])
    else:
        lines += ["  HostName " + host["private_ip"], "  ProxyJump " + bastion]
    if host.get("instance_id"):
        # A new instance may get an old address: its key belongs to the instance.
        lines.append("  HostKeyAlias " + host["instance_id"])
    return "\n" + "\n".join(lines) + "\n"


def write_if_changed(path, text):
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    unfinished = path.with_name("%s.%d" % (path.name, os.getpid()))
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
