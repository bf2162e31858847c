import type { Plan } from "@groundplan/model";
import type { Target } from "../target.js";
import { renderAnsible } from "./ansible/render-ansible.js";
import { memoryNotes } from "./instance-memory.js";
import { renderAwsReadme } from "./render-aws-readme.js";
import { renderTerraform } from "./terraform/render-terraform.js";

/** Machines on AWS, made by Terraform and set up by Ansible. */
export const awsTarget: Target = {
  name: "aws",
  summary: "machines on AWS: Terraform for the network and the hosts, Ansible for what runs on them",
  render: (plan, place) => {
    const { files, secretFiles, notes } = renderAnsible(plan);
    return {
      files: [{ path: "README.md", text: renderAwsReadme(plan, place) }, ...renderTerraform(plan), ...files],
      secretFiles,
      notes: [...awsNotes(plan), ...memoryNotes(plan), ...notes],
    };
  },
  next: (folder) => `terraform -chdir=${folder}/terraform init`,
};

function awsNotes({ hosts, aws }: Plan): readonly string[] {
  const closed = hosts.filter(({ subnet }) => subnet === "private").map(({ name }) => name);
  return [
    ...(aws.nat || closed.length === 0
      ? []
      : [
          `nat is false, so ${closed.join(", ")} cannot reach the internet: apply with -var nat_gateway=true while packages are installed; ` +
            "CloudWatch hears nothing from them",
        ]),
    ...(aws.availabilityZones === 2
      ? [
          "the hosts are spread over two availability zones, and each component runs on one: parts that need each other fail with either zone",
        ]
      : []),
  ];
}
