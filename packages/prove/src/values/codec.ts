import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";
import { isUnknown, UNKNOWN, type Value } from "./value.js";

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
