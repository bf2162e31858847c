import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingProgram, runProgram } from "@groundplan/testing";

/** A place to download the CloudWatch agent from, with a package that only looks like it: it takes a configuration, and says that it runs. */
export interface AgentSource {
  readonly folder: string;
  /** Of the key that signed it. */
  readonly fingerprint: string;
}

/** The paths are those that Amazon publishes at. */
const PACKAGE = `ubuntu/${process.arch === "arm64" ? "arm64" : "amd64"}/latest/amazon-cloudwatch-agent.deb`;

/** As the agent's own: it checks that what it is given is JSON, keeps a copy, and starts. */
const CTL = `#!/bin/sh
set -eu
etc=/opt/aws/amazon-cloudwatch-agent/etc
for word; do
  case "$word" in
    status) [ -e $etc/started ] && state=running || state=stopped; echo "{\\"status\\": \\"$state\\", \\"configstatus\\": \\"configured\\"}" ;;
    file:*) python3 -m json.tool "\${word#file:}" > $etc/started ;;
  esac
done
`;

/** What this machine lacks for it; `null`: nothing. */
export function missingForAgentSource(): string | null {
  return missingProgram("dpkg-deb", "gpg");
}

export async function makeAgentSource(folder: string): Promise<AgentSource> {
  const tree = join(folder, "tree");
  const agent = join(tree, "opt/aws/amazon-cloudwatch-agent");
  for (const path of ["bin", "etc"]) mkdirSync(join(agent, path), { recursive: true });
  writeFileSync(join(agent, "bin/amazon-cloudwatch-agent-ctl"), CTL);
  chmodSync(join(agent, "bin/amazon-cloudwatch-agent-ctl"), 0o755);
  mkdirSync(join(tree, "DEBIAN"));
  const control = [
    "Package: amazon-cloudwatch-agent",
    "Version: 1.0-1",
    "Architecture: all",
    "Maintainer: tests",
    "Description: a stand-in",
  ];
  writeFileSync(join(tree, "DEBIAN/control"), `${control.join("\n")}\n`);
  const place = join(folder, "source");
  const deb = join(place, PACKAGE);
  for (const path of [join(deb, ".."), join(place, "assets")]) mkdirSync(path, { recursive: true });
  await runProgram("dpkg-deb", ["--root-owner-group", "--build", tree, deb]);
  return { folder: place, fingerprint: await sign(deb, join(folder, "gnupg"), join(place, "assets/amazon-cloudwatch-agent.gpg")) };
}

async function sign(file: string, home: string, publicKey: string): Promise<string> {
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...args: readonly string[]): Promise<string> =>
    runProgram("gpg", ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...args]);
  await gpg("--quick-generate-key", "tests <tests@example.com>", "rsa2048", "sign", "never");
  await gpg("--armor", "--output", publicKey, "--export");
  await gpg("--output", `${file}.sig`, "--detach-sign", file);
  const [, fingerprint = ""] = /^fpr:+(\w+):/m.exec(await gpg("--with-colons", "--fingerprint")) ?? [];
  // It goes on in the background otherwise.
  await runProgram("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
  return fingerprint;
}
