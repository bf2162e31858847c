import type { Plan } from "@groundplan/model";
import { raw } from "./hcl/hcl-value.js";
import { attributes, block, type HclItem, heading } from "./hcl/render-hcl.js";
import { labelOf, reference } from "./labels.js";

/** Name and host of each public service in the stack's domain. */
export function dnsFile({ components, aws }: Plan): readonly HclItem[] {
  if (aws.domain === null) return [];
  const { domain } = aws;
  return [
    ...heading("A name for each public service. The certificates are the proxy's on the host: it asks Let's Encrypt for them."),
    block("data", ["aws_route53_zone", "main"], ...attributes({ name: raw("var.hosted_zone"), private_zone: false })),
    ...components
      .filter((component) => component.public)
      .map(({ name, host }) =>
        block(
          "resource",
          ["aws_route53_record", labelOf(name)],
          ...attributes({
            zone_id: raw("data.aws_route53_zone.main.zone_id"),
            name: `${name}.${domain}`,
            type: "A",
            ttl: 300,
            records: [reference("aws_eip", labelOf(host), "public_ip")],
          }),
        ),
      ),
  ];
}
