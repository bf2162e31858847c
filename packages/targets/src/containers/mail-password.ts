import type { Plan } from "@groundplan/model";
import { smtpReceiver } from "../monitoring/reach.js";

/** Where the user writes the password of the mail server that alarms are sent by, beside the other files. */
export const MAIL_PASSWORD_FILE = "alertmanager/smtp-password";

/** Whose password it is; `null`: alarms are sent without one, or not at all. Nobody but the mail server's owner knows it: none is made up. */
export function mailPassword(plan: Plan): { readonly user: string; readonly smarthost: string } | null {
  const receiver = smtpReceiver(plan);
  return receiver.kind === "smtp" && receiver.login !== null ? { user: receiver.login.user, smarthost: receiver.smarthost } : null;
}

export function mailNotes(plan: Plan): readonly string[] {
  const mail = mailPassword(plan);
  if (mail === null) return [];
  return [`alarms are sent as ${mail.user} at ${mail.smarthost}, with the password that you write into ${MAIL_PASSWORD_FILE}`];
}
