import type { CommandLine } from "@groundplan/programs";

export interface PlaybookOptions {
  /** Path from the folder of the Ansible files. */
  readonly playbook: string;
  /** Only this host; `null`: all. */
  readonly limit?: string | null;
  /** `name=value` each. */
  readonly variables?: readonly string[];
}

/** @param folder Of the Ansible files: ansible.cfg there names the inventory. */
export function ansiblePlaybook(folder: string, { playbook, limit = null, variables = [] }: PlaybookOptions): CommandLine {
  return {
    program: "ansible-playbook",
    args: [playbook, ...(limit === null ? [] : ["--limit", limit]), ...variables.flatMap((variable) => ["--extra-vars", variable])],
    cwd: folder,
  };
}
