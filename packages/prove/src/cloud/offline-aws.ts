import { answerData } from "../answers/answer-data.js";
import type { AppliedChange, Change, PlannedChange, Provider } from "../protocol/provider.js";
import { applyRules } from "../rules/rules.js";
import { awsSchema } from "../schema/aws-schema.js";
import type { Block } from "../schema/schema.js";
import { blocksOf, equalValues, isUnknown, isValues, textOf, UNKNOWN, type Value, type Values } from "../values/value.js";
import type { Cloud } from "./cloud.js";
import { addCompanions } from "./companions.js";
import { addDefaultNetwork } from "./default-network.js";
import { forcesNew } from "./force-new.js";
import { realValues } from "./real-values.js";
import { withUnknowns } from "./with-unknowns.js";

/** The AWS provider without AWS: its schema, and a cloud in memory that refuses what AWS would. */
export class OfflineAws implements Provider {
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  configure(config: Values): void {
    this.#cloud.region = textOf(config.region) ?? this.#cloud.region;
    const [tags] = blocksOf(config.default_tags);
    this.#cloud.defaultTags = isValues(tags?.tags) ? tags.tags : {};
    addDefaultNetwork(this.#cloud);
  }

  plan(type: string, { prior, proposed }: Change): PlannedChange {
    if (prior !== null && equalValues(prior, this.#withTags(type, proposed, prior))) return { planned: prior, replace: [] };
    const planned = this.#withTags(type, withUnknowns(blockOf(type), proposed), prior);
    applyRules("values", { cloud: this.#cloud, type, values: planned, id: textOf(prior?.id) });
    const replace = prior === null ? [] : forcesNew(type).filter((name) => !equalValues(prior[name], planned[name]));
    return { planned, replace };
  }

  apply(type: string, { prior, planned }: AppliedChange): Values | null {
    const id = textOf(prior?.id);
    if (planned === null) return this.#delete(type, id);
    applyRules("values", { cloud: this.#cloud, type, values: planned, id });
    applyRules("cloud", { cloud: this.#cloud, type, values: planned, id });
    const values = realValues(this.#cloud, type, planned, blockOf(type));
    addCompanions(this.#cloud, this.#cloud.put(type, textOf(values.id) ?? "", values));
    return values;
  }

  read(type: string, current: Values): Values | null {
    const found = this.#cloud.find(type, textOf(current.id));
    return found === null ? null : this.#asItIsNow(type, found.values);
  }

  readData(type: string, config: Values): Values {
    return answerData(this.#cloud, type, config);
  }

  #delete(type: string, id: string | null): null {
    const found = this.#cloud.find(type, id);
    // What somebody else deleted meanwhile is as gone as it should be.
    if (found === null) return null;
    applyRules("delete", { cloud: this.#cloud, type, values: found.values, id });
    const instance = this.#cloud.find("aws_instance", textOf(found.values.instance_id));
    // Terraform forgets such an attachment, and AWS ends it when the instance is gone.
    if (found.values.skip_destroy === true && instance !== null) this.#cloud.put(type, found.id, found.values, instance);
    else this.#cloud.remove(type, found.id);
    return null;
  }

  /** The real provider knows all tags while it plans: those of the resource over those of its own configuration. */
  #withTags(type: string, values: Values, prior: Values | null): Values {
    if (blockOf(type).attributes?.tags_all === undefined) return values;
    const own: Value = values.tags ?? null;
    const isPartlyUnknown = isUnknown(own) || (isValues(own) && Object.values(own).some(isUnknown));
    const all = isPartlyUnknown ? UNKNOWN : { ...this.#cloud.defaultTags, ...(isValues(own) ? own : {}) };
    return { ...values, tags_all: equalValues(prior?.tags_all, all) ? (prior?.tags_all ?? all) : all };
  }

  /**
   * An address that was associated later is an instance's public one, and the option counts as given:
   * https://github.com/hashicorp/terraform-provider-aws/issues/37318
   */
  #asItIsNow(type: string, values: Values): Values {
    if (type !== "aws_instance") return values;
    const association = this.#cloud.all("aws_eip_association").find((each) => each.values.instance_id === values.id);
    const address =
      this.#cloud.find("aws_eip", textOf(association?.values.allocation_id)) ??
      this.#cloud.all("aws_eip").find((each) => each.values.instance === values.id);
    return address === null || address === undefined
      ? values
      : { ...values, associate_public_ip_address: true, public_ip: address.values.public_ip ?? null };
  }
}

function blockOf(type: string): Block {
  const schema = awsSchema().resource_schemas[type];
  if (schema === undefined) throw new Error(`the schema has no resource ${type}`);
  return schema.block;
}
