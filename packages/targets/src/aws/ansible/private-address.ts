/** The expression for a host's address inside the network. */
export function privateAddress(host: string): string {
  return `{{ hostvars['${host}'].private_ip }}`;
}
