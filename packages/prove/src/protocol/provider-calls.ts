import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";
import type { Block, ProviderSchema, Schema } from "../schema/schema.js";
import { isUnknown, isValues, UNKNOWN, type Value, type Values } from "../values/value.js";
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

/** Extension types of an unknown value: 0 plain, 12 with refinements, which may be ignored. https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md */
const PLAIN_UNKNOWN = 0;
const REFINED_UNKNOWN = 12;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: PLAIN_UNKNOWN,
  encode: (value) => (isUnknown(value as Value) ? new Uint8Array(1) : null),
  decode: () => UNKNOWN,
});
extensionCodec.register({ type: REFINED_UNKNOWN, encode: () => null, decode: () => UNKNOWN });

/** The bytes of `DynamicValue.msgpack`. */
export function encodeValue(value: Value): Uint8Array {
  return encode(value, { extensionCodec });
}

/** A number with more digits than a float holds stays the text that it came as. */
export function decodeValue(bytes: Uint8Array): Value {
  return decode(bytes, { extensionCodec }) as Value;
}

/** A schema as the protocol's message of that name. */
export function wireSchema({ version, block }: Schema): object {
  return { version, block: wireBlock(block) };
}

function wireSchemas(schemas: Readonly<Record<string, Schema>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, wireSchema(schema)]));
}

function wireBlock({ attributes = {}, block_types = {} }: Block): object {
  return {
    attributes: Object.entries(attributes).map(([name, { type, ...flags }]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      ...flags,
    })),
    block_types: Object.entries(block_types).map(([type_name, { nesting_mode, block, min_items = 0, max_items = 0 }]) => ({
      type_name,
      block: wireBlock(block),
      nesting: nesting_mode.toUpperCase(),
      min_items,
      max_items,
    })),
  };
}
