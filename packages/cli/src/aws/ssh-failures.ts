import type { UserProblem } from "@groundplan/model";
import { lastLines } from "@groundplan/programs";

const LINES_SHOWN = 4;

/** What ssh says (OpenSSH's own words), and what it means. The first that matches counts. */
const FAILURES: readonly { readonly pattern: RegExp; readonly message: string; readonly fix: string }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/,
    message: "is not the machine that it was: its host key has changed",
    fix: "if the machine was made anew, take its line out of known_hosts in the folder of the Ansible files (ssh-keygen -f known_hosts -R ADDRESS)",
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE|bad permissions/,
    message: "cannot be reached: others can read your private key, so ssh does not use it",
    fix: "chmod 600 the file that it names",
  },
  {
    pattern: /Permission denied \((?:publickey|[\w,-]*publickey[\w,-]*)\)/,
    message: "refuses your SSH key",
    fix: "use the key whose public half is ssh_public_key: ssh-add FILE (one with a passphrase has to be in the agent)",
  },
  {
    pattern: /Connection refused/,
    message: "refuses SSH connections: its sshd does not run (yet)",
    fix: "a new machine needs a minute or two; see its state in the AWS console",
  },
  {
    pattern: /timed out|No route to host|Network is unreachable|timeout/i,
    message: "does not answer over SSH",
    fix: "see that operator_cidr holds your present address, and that the machine runs",
  },
  {
    pattern: /Could not resolve hostname/,
    message: "has no address in the files for SSH",
    fix: "write them anew: groundplan aws deploy takes the addresses from terraform output",
  },
  {
    pattern: /Connection closed by UNKNOWN port 65535|stdio forwarding failed|kex_exchange_identification|Connection reset/,
    message: "cannot be reached through the bastion",
    fix: "see that the bastion lets you in, and that the machine runs",
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
    return { message: `${host} cannot be reached over SSH`, detail, fix: `put right what it says, then go on: ${again}` };
  return { message: `${host} ${known.message}`, detail, fix: `${known.fix}; then go on: ${again}` };
}
