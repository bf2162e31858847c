import { escapeHtml, type PollOption } from "@voting/ballots";

const HOLE = "\u0000";

/** The pages of a poll. What does not change from request to request is rendered once. */
export interface PageRenderer {
  /** Nothing chosen yet. */
  readonly empty: string;
  /** The queue is down: nothing can be chosen. */
  readonly closed: string;
  voted(option: string, receipt: string): string;
  problem(sentence: string, status: number): string;
}

/** @param resultPage Where the results are shown; `null`: the page does not say. */
export function createPageRenderer(options: readonly PollOption[], resultPage: string | null): PageRenderer {
  const title = options.map((option) => option.label).join(" or ");
  const render = (chosen: string | null, notice: string, open = true): string =>
    renderPage({ options, title, resultPage, chosen, notice, open });
  const votedParts = new Map(options.map((option) => [option.id, render(option.id, votedNotice(option)).split(HOLE) as [string, string]]));
  return {
    empty: render(null, ""),
    closed: render(null, alert("Voting is paused: votes cannot be stored right now. This page will take them again in a moment."), false),
    voted(option, receipt) {
      const [before, after] = votedParts.get(option) as [string, string];
      return before + receipt + after;
    },
    problem(sentence, status) {
      return render(null, alert(sentence), status < 500);
    },
  };
}

interface PageParts {
  readonly options: readonly PollOption[];
  readonly title: string;
  readonly resultPage: string | null;
  readonly chosen: string | null;
  readonly notice: string;
  readonly open: boolean;
}

function renderPage({ options, title, resultPage, chosen, notice, open }: PageParts): string {
  const buttons = options.map((option) => renderButton(option, chosen, open)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}?</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>${escapeHtml(title)}?</h1>
<p class="hint">${chosen === null ? "Choose one. You can change your vote at any time." : "Changed your mind? Choose again: your last vote stands."}</p>
<form method="post" action="/">
${buttons}
</form>
${notice}
${resultPage === null ? "" : `<p class="elsewhere"><a href="${escapeHtml(resultPage)}">See the results</a></p>`}
</main>
</body>
</html>
`;
}

function renderButton({ id, label }: PollOption, chosen: string | null, open: boolean): string {
  const state = chosen === null ? "" : ` aria-pressed="${chosen === id}"`;
  return `<button name="vote" value="${escapeHtml(id)}"${state}${open ? "" : " disabled"}>${escapeHtml(label)}</button>`;
}

function votedNotice({ label }: PollOption): string {
  return `<p class="voted" role="status">Your vote for <strong>${escapeHtml(label)}</strong> is stored.
<span class="receipt">Receipt <code>${HOLE}</code></span></p>`;
}

function alert(sentence: string): string {
  return `<p class="problem" role="alert">${escapeHtml(sentence)}</p>`;
}
