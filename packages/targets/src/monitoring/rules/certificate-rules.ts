import type { Watched } from "../watched.js";
import type { RuleGroup } from "./rule.js";

export const CERTIFICATE_JOB = "certificates";
const DAYS = 14;

/** The certificates of the public pages, where they have any. They are renewed a month before their end: a fortnight is two failed weeks. */
export function certificateRules({ reach }: Watched): RuleGroup | null {
  if (reach.certificates === null || reach.certificates.pages.length === 0) return null;
  return {
    name: "certificates",
    about: "The certificates of the public pages, as a browser sees them.",
    rules: [
      {
        alert: "CertificateNearEnd",
        expr: `probe_ssl_earliest_cert_expiry{job="${CERTIFICATE_JOB}"} - time() < ${DAYS} * 86400`,
        forSeconds: 600,
        severity: "ticket",
        summary: "The certificate of {{ $labels.service }} is near its end",
        description: `The certificate of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}; it should have been renewed long ago.`,
      },
    ],
  };
}
