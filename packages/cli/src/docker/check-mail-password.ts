import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@groundplan/model";
import { MAIL_PASSWORD_FILE, mailPassword } from "@groundplan/targets";
import type { DockerPart } from "./docker-part.js";
import type { DockerProject } from "./docker-project.js";

/** @throws UserError when alarms are to be sent with a password that nobody has written. */
export function checkMailPassword({ opened, folder, shownFolder }: DockerProject, parts: readonly DockerPart[]): void {
  const mail = mailPassword(opened.plan);
  if (mail === null || !parts.some(({ name }) => name === "alertmanager") || existsSync(join(folder, MAIL_PASSWORD_FILE))) return;
  throw new UserError({
    message: `alarms are sent as ${mail.user} at ${mail.smarthost}, and there is no password for it`,
    fix: `write it into ${join(shownFolder, MAIL_PASSWORD_FILE)} (chmod 644: Alertmanager reads it as the user nobody); git ignores it`,
  });
}
