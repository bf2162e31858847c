import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GrpcObject, loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { Cloud } from "./cloud/cloud.js";
import { OfflineAws } from "./cloud/offline-aws.js";
import type { Provider } from "./protocol/provider.js";
import { providerCalls } from "./protocol/provider-calls.js";
import { awsSchema } from "./schema/aws-schema.js";
import type { ProviderSchema } from "./schema/schema.js";

export interface OfflineAwsRun {
  /** The whole environment for a terraform process: it has no account, and nothing to download from. */
  readonly env: Readonly<Record<string, string>>;
  /** What is in the account. */
  readonly cloud: Cloud;
}

/** A provider that Terraform can be led to. */
interface ServedProvider {
  /** Variables for a terraform process that is to use it: no download, no account. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

const PROTO = fileURLToPath(new URL("../../data/tfplugin6.proto", import.meta.url));

/** Sources without a host mean a different registry in either program. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

/**
 * Runs something while an AWS provider without AWS is there for every terraform process that gets `env`.
 *
 * @example await withOfflineAws(({ env }) => promisify(execFile)("terraform", ["apply", "-auto-approve"], { cwd, env }));
 */
export async function withOfflineAws<T>(run: (offline: OfflineAwsRun) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-offline-aws-"));
  try {
    const cloud = new Cloud();
    const served = await serveProvider(awsSchema(), new OfflineAws(cloud));
    try {
      return await run({ env: { ...cleanEnv(), ...offlineSettings(folder), ...served.env }, cloud });
    } finally {
      served.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Providers come from an empty folder and from nowhere else: https://developer.hashicorp.com/terraform/cli/config/config-file#explicit-installation-method-configuration */
function offlineSettings(folder: string): Readonly<Record<string, string>> {
  const file = join(folder, "terraform.rc");
  const mirror = join(folder, "no-providers");
  mkdirSync(mirror);
  writeFileSync(
    file,
    `disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: file, TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
}

/** Neither the account nor the settings of who runs it: they could lead a proof to a real cloud. */
function cleanEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/^(TF|AWS|TOFU)_/.test(entry[0])),
  );
}

/** Serves a provider on a socket of this process, readable by its owner only. */
async function serveProvider(schema: ProviderSchema, provider: Provider): Promise<ServedProvider> {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-provider-"));
  const socket = join(folder, "provider.sock");
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(providerService(), providerCalls(schema, provider));
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error))),
  );
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify(reattach(schema.provider, socket)) },
    close() {
      server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function providerService() {
  const loaded = loadPackageDefinition(loadSync(PROTO, { keepCase: true, defaults: true, enums: String, longs: Number }));
  return ((loaded.tfplugin6 as GrpcObject).Provider as ServiceClientConstructor).service;
}

/** The form is a fact of Terraform: https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode */
function reattach(address: string, socket: string): object {
  const name = address.split("/").slice(1).join("/");
  const config = {
    Protocol: "grpc",
    ProtocolVersion: 6,
    Pid: process.pid,
    // Otherwise Terraform ends this process when it is done.
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
  return Object.fromEntries(REGISTRIES.map((registry) => [`${registry}/${name}`, config]));
}
