import type { Command } from "../command.js";

/** A command by its name, loaded when it is asked for: every other one starts faster for it. */
export interface CommandEntry {
  readonly name: string;
  readonly load: () => Promise<Command>;
}

/** What `groundplan --help` lists: a command, or a group of them. */
export type Entry = { readonly summary: string } & (CommandEntry | { readonly name: string; readonly commands: readonly CommandEntry[] });

const compose = () => import("../compose/compose.js");
const swarm = () => import("../swarm/swarm.js");
const awsHosts = () => import("../aws/hosts.js");
const awsDeploy = () => import("../aws/deploy.js");

/** Every command, and where it lives, in the order of the help. */
export const ENTRIES: readonly Entry[] = [
  { name: "init", summary: "Start a stack of your own in a new folder", load: async () => (await import("../init/init.js")).init },
  {
    name: "import",
    summary: "Turn a Compose file into a stack file",
    load: async () => (await import("../import/import.js")).importCompose,
  },
  { name: "up", summary: "Run the stack on this machine until Ctrl-C", load: async () => (await import("../up/up.js")).up },
  { name: "check", summary: "Find everything that is wrong with a stack file", load: async () => (await import("./inspect.js")).check },
  { name: "env", summary: "Print the variables of a running service", load: async () => (await import("./inspect.js")).env },
  { name: "rules", summary: "Print the network rules that follow from the stack", load: async () => (await import("./inspect.js")).rules },
  { name: "reach", summary: "Say who can reach whom, and why", load: async () => (await import("../reach/reach.js")).reach },
  { name: "graph", summary: "Draw the stack", load: async () => (await import("./inspect.js")).graph },
  { name: "synth", summary: "Write the files of a target", load: async () => (await import("./inspect.js")).synth },
  {
    name: "build",
    summary: "Build the images of the services with Docker",
    load: async () => (await import("../images/build-images.js")).build,
  },
  {
    name: "compose",
    summary: "Run the stack in Docker with Compose",
    commands: [
      { name: "up", load: async () => (await import("../compose/up.js")).up },
      { name: "ps", load: async () => (await compose()).ps },
      { name: "logs", load: async () => (await compose()).logs },
      { name: "down", load: async () => (await compose()).down },
    ],
  },
  {
    name: "swarm",
    summary: "Run the stack in a Docker swarm",
    commands: [
      { name: "deploy", load: async () => (await import("../swarm/swarm.js")).deploy },
      { name: "ps", load: async () => (await swarm()).ps },
      { name: "rm", load: async () => (await swarm()).rm },
    ],
  },
  {
    name: "prove",
    summary: "Prove the files of a target offline",
    commands: [{ name: "terraform", load: async () => (await import("../prove/prove.js")).proveTerraformFiles }],
  },
  {
    name: "aws",
    summary: "Run the stack on AWS with Terraform and Ansible",
    commands: [
      { name: "plan", load: async () => (await awsDeploy()).plan },
      { name: "deploy", load: async () => (await awsDeploy()).deploy },
      { name: "status", load: async () => (await awsHosts()).status },
      { name: "logs", load: async () => (await awsHosts()).logs },
      { name: "connect", load: async () => (await awsHosts()).connect },
      { name: "rollback", load: async () => (await awsDeploy()).rollback },
      { name: "destroy", load: async () => (await import("../aws/deploy.js")).destroy },
    ],
  },
  {
    name: "doctor",
    summary: "Say which programs this machine has and how to get the others",
    load: async () => (await import("../doctor/doctor.js")).doctor,
  },
];
