/** What readers of YAML 1.1, such as Ansible's, take for something else than text. */
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null)$/;

/** A name of the stack as a YAML value. */
export function plainScalar(name: string): string {
  return NOT_TEXT.test(name) ? `"${name}"` : name;
}
