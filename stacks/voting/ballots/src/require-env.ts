/** A variable that the service cannot do without. Throws a sentence for the operator. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
