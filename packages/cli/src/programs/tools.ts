import type { UserProblem } from "@groundplan/model";
import { runProgram } from "@groundplan/programs";

/** What a program of this machine answers when it is asked who it is. */
export interface Answer {
  /** unusable: it is here, and does not work. */
  readonly status: "found" | "missing" | "unusable";
  /** `null`: it does not say. */
  readonly version: string | null;
  /** What is wrong with it. */
  readonly detail: string | null;
}

const TIMEOUT_MS = 5_000;

/** Runs a program to hear its version. Some print it on stderr, and some fail when they should only say who they are. */
export async function ask(program: string, args: readonly string[], timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const { code, stdout, stderr, missing, timedOut } = await runProgram({ program, args }, { timeoutMs });
  if (code === 0) return { status: "found", version: versionIn(stdout) ?? versionIn(stderr), detail: null };
  if (missing) return { status: "missing", version: null, detail: null };
  const said = stderr.trim().split("\n")[0] || (code === null ? "was killed" : `failed with exit code ${code}`);
  const reason = timedOut === true ? `no answer within ${timeoutMs / 1_000} s` : said;
  return { status: "unusable", version: null, detail: `${program} ${args.join(" ")}: ${reason}` };
}

/** "Redis server v=7.0.15 sha=..." -> "7.0.15" */
export function versionIn(text: string): string | null {
  return /(?<![\d.])\d+\.\d+(?:\.\d+)*(?:p\d+)?/.exec(text)?.[0] ?? null;
}

/** Oldest Terraform and OpenTofu that lock a state in S3 by themselves (use_lockfile). */
export const OLDEST_TERRAFORM = "1.10";
/** Oldest ansible-core that the playbooks were run with. */
const OLDEST_ANSIBLE = "2.14";

/** It loads all of itself to say its version: some seconds on a machine that is busy. */
const ANSIBLE_TIMEOUT_MS = 30_000;

export async function findAnsible(): Promise<Answer> {
  return oldAnswer(await ask("ansible-playbook", ["--version"], ANSIBLE_TIMEOUT_MS), OLDEST_ANSIBLE);
}

export function findSsh(): Promise<Answer> {
  return ask("ssh", ["-V"]);
}

/** One that is too old is unusable. */
export function oldAnswer(answer: Answer, oldest: string): Answer {
  if (answer.status !== "found" || answer.version === null || !isOlder(answer.version, oldest)) return answer;
  return { status: "unusable", version: answer.version, detail: `older than ${oldest}` };
}

function isOlder(version: string, oldest: string): boolean {
  const [parts, wanted] = [version, oldest].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
  for (const [index, part] of (wanted ?? []).entries()) {
    const difference = (parts?.[index] ?? 0) - part;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

export const GET_ANSIBLE = "pipx install ansible-core, or apt-get install ansible-core";
export const GET_SSH = "apt-get install openssh-client";

/** What keeps a tool from being used; `null`: nothing. */
export function toolProblem(name: string, answer: Answer, get: string): UserProblem | null {
  if (answer.status === "found") return null;
  if (answer.status === "missing") return { message: `${name} isn't installed on this machine`, fix: `install it: ${get}` };
  const version = answer.version === null ? "" : ` ${answer.version}`;
  return { message: `${name}${version} can't be used here: ${answer.detail}`, fix: `install another version: ${get}` };
}
