/**
 * List prices in US dollars, region us-east-1, on demand, Linux, as AWS published them in 2025 (aws.amazon.com/ec2/pricing/on-demand,
 * /vpc/pricing, /ebs/pricing, /cloudwatch/pricing, /route53/pricing). They say what is large and what is small, no more.
 */
const HOURS_IN_MONTH = 730;

const INSTANCE_HOUR: ReadonlyMap<string, number> = new Map([
  ["t3.nano", 0.0052],
  ["t3.micro", 0.0104],
  ["t3.small", 0.0208],
  ["t3.medium", 0.0416],
  ["t3.large", 0.0832],
  ["t3.xlarge", 0.1664],
  ["t3.2xlarge", 0.3328],
]);

/** A month of an instance; `null`: a type whose price is not known here. */
export function instanceMonth(type: string): number | null {
  const hour = INSTANCE_HOUR.get(type);
  return hour === undefined ? null : hour * HOURS_IN_MONTH;
}

export const NAT_GATEWAY_MONTH = 0.045 * HOURS_IN_MONTH;
export const PUBLIC_ADDRESS_MONTH = 0.005 * HOURS_IN_MONTH;
export const DISK_GB_MONTH = 0.08;
export const ALARM_MONTH = 0.1;
