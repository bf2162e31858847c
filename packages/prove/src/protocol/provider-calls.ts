import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ProviderSchema } from "../schema/schema.js";
import { wireSchema, wireSchemas } from "../schema/wire-schema.js";
import { decodeValue, encodeValue } from "../values/codec.js";
import { isValues, type Value, type Values } from "../values/value.js";
import { type Provider, Refusal } from "./provider.js";

/** `DynamicValue`, of which Terraform fills one field. */
interface DynamicValue {
  readonly msgpack: Uint8Array;
  readonly json: Uint8Array;
}

interface Request {
  readonly type_name: string;
  readonly config: DynamicValue;
  readonly current_state: DynamicValue;
  readonly prior_state: DynamicValue;
  readonly proposed_new_state: DynamicValue;
  readonly planned_state: DynamicValue;
  readonly raw_state: { readonly json: Uint8Array };
}

/** What is asked of a provider, as the protocol has it, each answered by `provider`. */
export function providerCalls(schema: ProviderSchema, provider: Provider): UntypedServiceImplementation {
  // The plan of a destroy asks nothing of a provider without the capability plan_destroy.
  const server_capabilities = { plan_destroy: false, get_provider_schema_optional: true };
  const typeNames = (schemas: object) => Object.keys(schemas).map((type_name) => ({ type_name }));
  // The real provider's SDK sets it for nearly all resources, and Terraform then checks as leniently as it does there.
  const legacy_type_system = true;

  return {
    GetMetadata: unary(() => ({
      server_capabilities,
      resources: typeNames(schema.resource_schemas),
      data_sources: typeNames(schema.data_source_schemas),
    })),
    GetProviderSchema: unary(() => ({
      server_capabilities,
      provider: wireSchema(schema.provider_schema),
      resource_schemas: wireSchemas(schema.resource_schemas),
      data_source_schemas: wireSchemas(schema.data_source_schemas),
    })),
    ValidateProviderConfig: unary(() => ({})),
    ValidateResourceConfig: unary(() => ({})),
    ValidateDataResourceConfig: unary(() => ({})),
    UpgradeResourceState: unary(({ raw_state }) => ({
      upgraded_state: dynamicValue(JSON.parse(Buffer.from(raw_state.json).toString("utf8")) as Values),
    })),
    ConfigureProvider: unary(({ config }) => {
      provider.configure(valuesOf(config));
      return {};
    }),
    ReadResource: unary(({ type_name, current_state }) => ({
      new_state: dynamicValue(provider.read(type_name, valuesOf(current_state))),
    })),
    PlanResourceChange: unary(({ type_name, prior_state, proposed_new_state, config }) => {
      const change = { prior: valuesOrNull(prior_state), proposed: valuesOf(proposed_new_state), config: valuesOf(config) };
      const { planned, replace } = provider.plan(type_name, change);
      return { planned_state: dynamicValue(planned), requires_replace: replace.map(attributePath), legacy_type_system };
    }),
    ApplyResourceChange: unary(
      ({ type_name, prior_state, planned_state }) => {
        const change = { prior: valuesOrNull(prior_state), planned: valuesOrNull(planned_state) };
        return { new_state: dynamicValue(provider.apply(type_name, change)), legacy_type_system };
      },
      // What could not be changed stays as it was.
      ({ prior_state }) => ({ new_state: prior_state, legacy_type_system }),
    ),
    ReadDataSource: unary(({ type_name, config }) => ({ state: dynamicValue(provider.readData(type_name, valuesOf(config))) })),
    StopProvider: unary(() => ({})),
  };
}

/** @param otherwise What is answered beside the diagnostics when the cloud refuses. */
function unary(answer: (request: Request) => object, otherwise: (request: Request) => object = () => ({})) {
  return ({ request }: ServerUnaryCall<Request, object>, reply: sendUnaryData<object>) => {
    try {
      reply(null, answer(request));
    } catch (error) {
      // A mistake of ours must not look like one of the configuration: its trace is part of what Terraform prints.
      const problem = error instanceof Error ? error : new Error(String(error));
      reply(null, { ...otherwise(request), diagnostics: [problem instanceof Refusal ? refused(problem) : broken(problem)] });
    }
  };
}

function refused({ code, message, attribute }: Refusal): object {
  return { severity: "ERROR", summary: code, detail: message, ...(attribute === null ? {} : { attribute: attributePath(attribute) }) };
}

function broken({ message, stack }: Error): object {
  return { severity: "ERROR", summary: `groundplan's offline AWS failed, and this is a bug: ${message}`, detail: stack ?? "" };
}

function attributePath(name: string): object {
  return { steps: [{ attribute_name: name }] };
}

function dynamicValue(value: Value): object {
  return { msgpack: encodeValue(value) };
}

function decoded({ msgpack, json }: DynamicValue): Value {
  return msgpack.length > 0 ? decodeValue(msgpack) : (JSON.parse(Buffer.from(json).toString("utf8")) as Value);
}

function valuesOrNull(sent: DynamicValue): Values | null {
  const value = decoded(sent);
  return isValues(value) ? value : null;
}

function valuesOf(sent: DynamicValue): Values {
  return valuesOrNull(sent) ?? {};
}
