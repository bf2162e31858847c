/** `NAME=value` lines for `.` of any POSIX shell; a value with a character that a shell would read otherwise is quoted. */
export function renderShellEnv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${PLAIN.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`}`)
    .join("\n");
}

const PLAIN = /^[\w@%+=:,./-]*$/;
