import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GrpcObject, loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ProviderSchema } from "../schema/schema.js";
import type { Provider } from "./provider.js";
import { providerCalls } from "./provider-calls.js";

/** A provider that Terraform can be led to. */
export interface ServedProvider {
  /** Variables for a terraform process that is to use it: no download, no account. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

const PROTO = fileURLToPath(new URL("../../data/tfplugin6.proto", import.meta.url));

/** Sources without a host mean a different registry in either program. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

/** Serves a provider on a socket of this process, readable by its owner only. */
export async function serveProvider(schema: ProviderSchema, provider: Provider): Promise<ServedProvider> {
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
