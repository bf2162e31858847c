/** What only AWS itself can tell. */
export const NOT_PROVEN: readonly string[] = [
  "that AWS has the AMI, the instance types and the DNS zone in the region",
  "that your account's quotas and permissions allow it",
  "that names which are unique in the world, such as a bucket's, are free",
  "what the machines do once they run, and what they cost",
];
