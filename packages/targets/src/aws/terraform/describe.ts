const LONGEST_DESCRIPTION = 255;

/**
 * A text as AWS takes it in the description of a security group or rule: at most 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*
 * (EC2 API reference, AuthorizeSecurityGroupIngress).
 */
export function describe(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, " ");
  return clean.length <= LONGEST_DESCRIPTION ? clean : `${clean.slice(0, LONGEST_DESCRIPTION - 4)} ...`;
}
