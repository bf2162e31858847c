import type { CommandLine } from "@groundplan/programs";

/** Beside the Ansible files. It leads to private hosts by way of the bastion, with host keys of its own. */
const SSH_CONFIG = "ssh_config";

/** Writes ssh_config with the addresses of `terraform-output.json`, as every command of Ansible does in that folder. */
export const ansibleInventory = (folder: string): CommandLine => ({ program: "ansible-inventory", args: ["--list"], cwd: folder });

/** A shell on a host. */
export const sshShell = (folder: string, host: string): CommandLine => ({ program: "ssh", args: ["-F", SSH_CONFIG, host], cwd: folder });

/** A command of a host's shell. Nobody is there to be asked for a passphrase. */
function remote(folder: string, host: string, command: string): CommandLine {
  return { program: "ssh", args: ["-F", SSH_CONFIG, "-o", "BatchMode=yes", host, command], cwd: folder };
}

/** All containers of a host, as `docker inspect` prints them; nothing where there are none. */
export const inspectHost = (folder: string, host: string): CommandLine =>
  remote(folder, host, "sudo docker ps --all --quiet | xargs --no-run-if-empty sudo docker inspect --type container");

export interface LogOptions {
  readonly lines: number;
  readonly follow: boolean;
}

export const hostLogs = (folder: string, host: string, container: string, { lines, follow }: LogOptions): CommandLine =>
  remote(folder, host, `sudo docker logs --tail ${lines}${follow ? " --follow" : ""} ${container}`);
