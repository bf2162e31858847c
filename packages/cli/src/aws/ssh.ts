import type { UserProblem } from "@groundplan/model";
import { type CommandLine, lastLines } from "@groundplan/programs";

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

const LINES_SHOWN = 4;

/** What ssh says (OpenSSH's own words), and what it means. The first that matches counts. */
const FAILURES: readonly { readonly pattern: RegExp; readonly message: string; readonly fix: string }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/,
    message: "isn't the machine it was: its host key has changed",
    fix: "if the machine is new, remove its line from known_hosts in the folder of the Ansible files (ssh-keygen -f known_hosts -R ADDRESS)",
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE|bad permissions/,
    message: "can't be reached: others can read your private key, so ssh doesn't use it",
    fix: "run chmod 600 on the file it names",
  },
  {
    pattern: /Permission denied \((?:publickey|[\w,-]*publickey[\w,-]*)\)/,
    message: "refuses your SSH key",
    fix: "use the key whose public half is ssh_public_key: ssh-add FILE (a key with a passphrase has to be in the agent)",
  },
  {
    pattern: /Connection refused/,
    message: "refuses SSH connections: its sshd isn't running (yet)",
    fix: "give a new machine a minute or two, or check its state in the AWS console",
  },
  {
    pattern: /timed out|No route to host|Network is unreachable|timeout/i,
    message: "doesn't answer over SSH",
    fix: "check that operator_cidr contains your present address, and that the machine is running",
  },
  {
    pattern: /Could not resolve hostname/,
    message: "has no address in the files for SSH",
    fix: "write them again: groundplan aws deploy takes the addresses from terraform output",
  },
  {
    pattern: /Connection closed by UNKNOWN port 65535|stdio forwarding failed|kex_exchange_identification|Connection reset/,
    message: "can't be reached through the bastion",
    fix: "check that the bastion lets you in, and that the machine is running",
  },
];

/**
 * A host that cannot be reached, as ssh tells it.
 *
 * @param again The command that goes on, as one types it.
 */
export function explainSsh(text: string, host: string, again: string): UserProblem {
  const known = FAILURES.find(({ pattern }) => pattern.test(text));
  const detail = lastLines(text, LINES_SHOWN);
  if (known === undefined)
    return { message: `${host} can't be reached over SSH`, detail, fix: `fix the error above, then resume with: ${again}` };
  return { message: `${host} ${known.message}`, detail, fix: `${known.fix}; then resume with: ${again}` };
}
