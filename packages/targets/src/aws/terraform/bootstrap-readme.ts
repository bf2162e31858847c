import type { Plan } from "@groundplan/model";
import { shell } from "../../markdown/markdown.js";

/** README.md of the folder that makes the bucket for the state. */
export function renderBootstrapReadme({ stack }: Plan): string {
  const sections = [
    "# A place for the state that several people share",
    "Terraform's state says which machines belong to the stack. Alone, a file in the folder above is enough; whoever loses it loses that\n" +
      "knowledge. This folder makes an S3 bucket for it: encrypted, with old versions for 90 days, closed to the public, and locked while somebody\n" +
      "applies. Once, by one person, with credentials of AWS:",
    shell(
      "cd terraform",
      "terraform -chdir=bootstrap init",
      "terraform -chdir=bootstrap apply",
      "terraform -chdir=bootstrap output -raw backend > backend.tf",
      "terraform init -migrate-state",
    ),
    "The last command asks whether the state shall move to the bucket. Commit `backend.tf`: everybody else types `terraform init`, no more. It\n" +
      "holds no secret. The bucket's own state (`bootstrap/terraform.tfstate`) is small: commit it too.",
    "## Undo it",
    shell("rm backend.tf", "terraform init -migrate-state"),
    `That brings the state back into a file. Then empty and delete the bucket \`tfstate-<account>-${stack}\` by hand, old versions included:\n` +
      "`prevent_destroy` keeps Terraform from it.",
  ];
  return `${sections.join("\n\n")}\n`;
}
