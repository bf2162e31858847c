import { escapeHtml, type PollOption } from "@voting/ballots";

/** There are some dozens of sentences; whatever they hold, they may not fill the memory. */
const MAX_PROBLEMS = 200;
/** Where the one-time value and the receipt go. */
const ONCE_HOLE = "\u0000once";
const RECEIPT_HOLE = "\u0000receipt";

/**
 * The pages of a poll. What does not change from request to request is rendered once.
 *
 * @param once Of each: the one-time value of the form, a UUID. What is sent with it twice is one vote.
 */
export interface PageRenderer {
  /** Nothing chosen yet. */
  empty(once: string): string;
  /** The queue is down: nothing can be chosen. */
  closed(once: string): string;
  voted(option: string, receipt: string, once: string): string;
  problem(sentence: string, status: number, once: string): string;
}

/** @param resultPage Where the results are shown; `null`: the page does not say. */
export function createPageRenderer(options: readonly PollOption[], resultPage: string | null): PageRenderer {
  const title = options.map((option) => option.label).join(" or ");
  const render = (chosen: string | null, notice: string, open = true): string =>
    renderPage({ options, title, resultPage, chosen, notice, open });
  const empty = holed(render(null, ""));
  const paused = "Voting is paused: votes cannot be stored right now. This page will take them again in a moment.";
  const closed = holed(render(null, alert(paused), false));
  const problems = new Map<string, Holed>();
  const voted = new Map(options.map((option) => [option.id, holed(render(option.id, votedNotice(option)))]));
  return {
    empty: (once) => empty(once),
    closed: (once) => closed(once),
    voted: (option, receipt, once) => (voted.get(option) as Holed)(once, receipt),
    problem(sentence, status, once) {
      const name = `${status} ${sentence}`;
      const page = problems.get(name) ?? holed(render(null, alert(sentence), status < 500));
      if (problems.size < MAX_PROBLEMS) problems.set(name, page);
      return page(once);
    },
  };
}

type Holed = (once: string, receipt?: string) => string;

/** A page as a function of what goes into its holes, which come in this order. */
function holed(page: string): Holed {
  const [head, rest] = page.split(ONCE_HOLE) as [string, string];
  const [middle, tail = ""] = rest.split(RECEIPT_HOLE) as [string, string?];
  return (once, receipt = "") => head + once + middle + receipt + tail;
}

interface PageDependencies {
  readonly options: readonly PollOption[];
  readonly title: string;
  readonly resultPage: string | null;
  readonly chosen: string | null;
  readonly notice: string;
  readonly open: boolean;
}

function renderPage({ options, title, resultPage, chosen, notice, open }: PageDependencies): string {
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
<input type="hidden" name="once" value="${ONCE_HOLE}">
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
<span class="receipt">Receipt <code>${RECEIPT_HOLE}</code></span></p>`;
}

function alert(sentence: string): string {
  return `<p class="problem" role="alert">${escapeHtml(sentence)}</p>`;
}
