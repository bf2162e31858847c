import { contains, overlaps, parseCidr } from "../cloud/cidr.js";
import { blocksOf, textOf } from "../values/value.js";
import { EC2_ERRORS, type Rule, refused } from "./rule.js";

const VPC_SIZES = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html";
const SUBNET_SIZES = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html";
const LARGEST = 16;
const SMALLEST = 28;

export const NETWORK_RULES: readonly Rule[] = [
  sizeRule("InvalidVpc.Range", "aws_vpc", VPC_SIZES),
  sizeRule("InvalidSubnet.Range", "aws_subnet", SUBNET_SIZES),
  {
    code: "InvalidSubnet.Range",
    types: ["aws_subnet"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values }) {
      const own = parseCidr(textOf(values.cidr_block) ?? "");
      const vpc = parseCidr(textOf(cloud.find("aws_vpc", textOf(values.vpc_id))?.values.cidr_block) ?? "");
      if (own === null || vpc === null || contains(vpc, own)) return null;
      return refused(`The CIDR '${textOf(values.cidr_block)}' is invalid: it lies outside the VPC's range.`, "cidr_block");
    },
  },
  {
    code: "InvalidSubnet.Conflict",
    types: ["aws_subnet"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const own = parseCidr(textOf(values.cidr_block) ?? "");
      if (own === null) return null;
      const conflict = cloud.all("aws_subnet").find((other) => {
        const range = parseCidr(textOf(other.values.cidr_block) ?? "");
        return other.id !== id && other.values.vpc_id === values.vpc_id && range !== null && overlaps(own, range);
      });
      if (conflict === undefined) return null;
      return refused(
        `The CIDR '${textOf(values.cidr_block)}' conflicts with another subnet: ${conflict.id} has ${textOf(conflict.values.cidr_block)}.`,
        "cidr_block",
      );
    },
  },
  {
    code: "Resource.AlreadyAssociated",
    types: ["aws_internet_gateway"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const vpc = textOf(values.vpc_id);
      const other = cloud.all("aws_internet_gateway").find((gateway) => gateway.id !== id && textOf(gateway.values.vpc_id) === vpc);
      return vpc === null || other === undefined
        ? null
        : refused(`Network ${vpc} already has an internet gateway attached: ${other.id}`, "vpc_id");
    },
  },
  {
    code: "RouteAlreadyExists",
    types: ["aws_route"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const destination = textOf(values.destination_cidr_block);
      const inline = blocksOf(cloud.find("aws_route_table", textOf(values.route_table_id))?.values.route);
      const separate = cloud.all("aws_route").filter((route) => route.id !== id && route.values.route_table_id === values.route_table_id);
      const taken =
        inline.some((route) => route.cidr_block === destination) ||
        separate.some((route) => route.values.destination_cidr_block === destination);
      if (destination === null || !taken) return null;
      return refused(`The route identified by ${destination} already exists in ${textOf(values.route_table_id)}.`);
    },
  },
  {
    code: "Resource.AlreadyAssociated",
    types: ["aws_route_table_association"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const subnet = textOf(values.subnet_id);
      const other = cloud.all("aws_route_table_association").find((each) => each.id !== id && textOf(each.values.subnet_id) === subnet);
      return subnet === null || other === undefined
        ? null
        : refused(
            `the specified association for route table ${textOf(values.route_table_id)} conflicts with an existing association`,
            "subnet_id",
          );
    },
  },
];

function sizeRule(code: string, type: string, source: string): Rule {
  return {
    code,
    types: [type],
    at: "values",
    source,
    refuses({ values }) {
      const text = textOf(values.cidr_block);
      if (text === null) return null;
      const range = parseCidr(text);
      if (range !== null && range.prefix >= LARGEST && range.prefix <= SMALLEST) return null;
      return refused(
        `The CIDR '${text}' is invalid: it must start at its first address and be a /${LARGEST} to a /${SMALLEST}.`,
        "cidr_block",
      );
    },
  };
}
