/** Keys of a service that the import reads. */
export const READ = [
  "image",
  "build",
  "command",
  "depends_on",
  "links",
  "environment",
  "env_file",
  "ports",
  "expose",
  "healthcheck",
  "volumes",
  "secrets",
  "deploy",
  "scale",
  "mem_limit",
  "read_only",
  "cap_drop",
  "networks",
  "container_name",
  "hostname",
] as const;

/** Keys that groundplan sets itself for every container, where the Compose file sets them or not. */
export const OWN = [
  "restart",
  "init",
  "logging",
  "security_opt",
  "pids_limit",
  "shm_size",
  "stop_grace_period",
  "pull_policy",
  "tmpfs",
] as const;

const OVERRIDE = "write it into compose.override.yaml beside the files of groundplan compose, if it is needed";

/** What to do about keys that a stack file has nothing for. */
const ADVICE: Readonly<Record<string, string>> = {
  configs: "put the file into the image, or its text into a variable",
  devices: OVERRIDE,
  entrypoint: "write it as ENTRYPOINT into the Dockerfile",
  extends: "write out what it takes from there",
  network_mode: "the networks follow from the links; a host's own network is not to be had",
  privileged: "find what it needs it for; a stack runs no privileged container",
  profiles: "a stack has no profiles: remove the service here if it does not always run",
  ulimits: OVERRIDE,
  user: "write USER into the Dockerfile",
  working_dir: "write WORKDIR into the Dockerfile",
};

const TOP_ADVICE: Readonly<Record<string, string>> = {
  configs: "put the files into the images",
  include: "import the files that it names as well, and join the stacks by hand",
};

/** What to do about a key of a service that is not carried over. */
export function adviceOf(key: string): string {
  return ADVICE[key] ?? OVERRIDE;
}

/** The same of a key at the top of the file. */
export function topAdviceOf(key: string): string {
  return TOP_ADVICE[key] ?? "Compose may know it and groundplan does not; remove it if it is a slip of the pen";
}

/** Keys at the top of the file that the import reads, or that follow from the rest. */
export const TOP_READ: readonly string[] = ["name", "version", "services", "volumes", "networks", "secrets"];
