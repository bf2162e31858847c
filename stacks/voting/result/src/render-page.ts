import { escapeHtml } from "@voting/ballots";
import type { BallotState } from "./ballot-state.js";
import type { Results } from "./result-reader.js";

export interface LookUp {
  /** As it was typed; empty: nothing is looked up. */
  readonly receipt: string;
  readonly state: BallotState | null;
}

const STATE_SENTENCES: Readonly<Record<BallotState, string>> = {
  queued: "This ballot is stored and waits to be counted.",
  counted: "This ballot is counted: it is the vote that stands.",
  superseded: "This ballot was counted, and a later vote of the same voter has replaced it.",
  unknown: "This is not a receipt of this poll.",
};

/**
 * The whole page, with a link to `votePage` if there is one. `public/live.js` draws the same list again on each event, from the same
 * data.
 */
export function renderPage(results: Results | null, lookUp: LookUp, votePage: string | null): string {
  const title = results === null ? "Results" : `${results.options.map((option) => option.label).join(" or ")}: results`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script src="/live.js" defer></script>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body>
<main>
<header>
<h1>Results</h1>
<p id="connection" class="connection" data-state="connecting" role="status">connecting</p>
</header>
<ul id="options" class="options" aria-label="Votes for each option">
${results === null ? "" : results.options.map((option) => renderOption(option, results.total)).join("\n")}
</ul>
<p class="summary"><strong id="total">${results === null ? "The results are not there yet" : totalText(results.total)}</strong> <span id="freshness"></span></p>
<form class="look-up" method="get" action="/">
<label for="ballot">Was my vote counted?</label>
<div><input id="ballot" name="ballot" placeholder="Receipt of your vote" autocomplete="off" spellcheck="false" maxlength="100" required value="${escapeHtml(lookUp.receipt)}"><button>Look up</button></div>
${lookUp.state === null ? "" : `<p class="answer" data-state="${lookUp.state}" role="status">${STATE_SENTENCES[lookUp.state]}</p>`}
</form>
${votePage === null ? "" : `<p><a href="${escapeHtml(votePage)}">Vote</a></p>`}
</main>
</body>
</html>
`;
}

function renderOption({ label, votes }: Results["options"][number], total: number): string {
  const percent = total === 0 ? null : (100 * votes) / total;
  return `<li><span class="label">${escapeHtml(label)}</span><span class="share">${percent === null ? "no votes" : `${percent.toFixed(1)} %`}</span>
<progress max="100" value="${(percent ?? 0).toFixed(1)}" aria-label="${escapeHtml(label)}"></progress>
<span class="votes">${countText(votes)}</span></li>`;
}

const countText = (votes: number): string => `${votes.toLocaleString("en")} ${votes === 1 ? "vote" : "votes"}`;

const totalText = (total: number): string => (total === 0 ? "No votes yet" : `${countText(total)} in all`);
