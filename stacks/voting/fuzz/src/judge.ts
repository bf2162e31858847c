import type { Entrance, Exchange, Expected, ExpectedVote } from "./exchange.js";
import type { Answer } from "./response-reader.js";
import type { Observed } from "./run-exchange.js";

/** A ballot that the service has acknowledged. */
export interface Acknowledged {
  readonly ballot: string;
  /** `null`: the request did not tell. */
  readonly option: string | null;
  /** The voter that the answer's cookie names; `null`: it sets none. */
  readonly cookieVoter: string | null;
  readonly voter: ExpectedVote["voter"];
  /** The Idempotency-Key, or the form's one-time value; `null`: none. */
  readonly key: string | null;
}

export interface Verdict {
  /** What was wrong, a sentence each; none: all is as the contract says. */
  readonly problems: readonly string[];
  readonly acknowledged: readonly Acknowledged[];
  /** Votes that were refused because the queue did not take them in time, although it was up: they may be in it. */
  readonly refusedLate: readonly OpenVote[];
}

/** A vote whose outcome nobody was told. */
export type OpenVote = Pick<ExpectedVote, "option" | "voter">;

/** With the queue up the vote service says no sooner than after this time that it is not: so long it waits for a connection. */
const GIVES_UP_MS = 2_000;

const RECEIPT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{12}$/;
const VOTER_COOKIE = /^voter_id=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[\w-]{22}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/;
const SENTENCE = /^[A-Z][^\n\r]{8,300}\.$/;
const IMPOSSIBLE_AT_THIS_ADDRESS = 405;

/**
 * Holds what happened on a connection against what its exchange expects.
 *
 * @param down What the exchange's service needs is down: the queue for the vote service, the database for the result service.
 */
export function judge(exchange: Exchange, observed: Observed, down: boolean): Verdict {
  const problems: string[] = [];
  const acknowledged: Acknowledged[] = [];
  const refusedLate: OpenVote[] = [];
  const { answers, end, unreadable, tookMs } = observed;
  if (unreadable !== null) problems.push(`what came is no answer: ${unreadable}`);
  for (const [index, answer] of answers.entries()) {
    const expected = exchange.answers[index];
    if (expected === undefined) {
      problems.push(`answer ${index + 1} (${answer.status}) has no request`);
      continue;
    }
    const mayGiveUp = !down && tookMs >= GIVES_UP_MS && (expected.vote !== undefined || expected.needsQueue === true);
    if (mayGiveUp && answer.status === 503 && expected.vote !== undefined) refusedLate.push(expected.vote);
    const due = mayGiveUp ? { ...expected, statuses: [...expected.statuses, 503] } : expected;
    const found = judgeAnswer(answer, down ? whileDown(expected, exchange.service) : due);
    problems.push(...found.problems.map((problem) => `answer ${index + 1} (${answer.status}): ${problem}`));
    if (found.acknowledged !== null) acknowledged.push(found.acknowledged);
  }
  const missing = exchange.answers.length - answers.length;
  const last = answers.at(-1);
  // Who says with a refusal that the connection ends need not read on.
  const ended = last !== undefined && last.status >= 400 && one(last, "connection") === "close" && end !== "late";
  if (missing > 0 && !exchange.mayStayUnanswered && !ended)
    problems.push(`answer ${answers.length + 1} of ${exchange.answers.length} is missing (${ENDS[end]})`);
  else if (end === "late") problems.push("the connection is not closed after what cannot be read");
  return { problems, acknowledged, refusedLate };
}

const ENDS: Readonly<Record<Observed["end"], string>> = {
  closed: "the service closed the connection",
  reset: "the service reset the connection",
  left: "nothing more came",
  late: "nothing more came",
};

/** With the queue down nothing is taken in: what would be a vote is 503, a refusal stays one. Results may still be known. */
function whileDown(expected: Expected, service: Exchange["service"]): Expected {
  if (service === "result") return { ...expected, statuses: [...expected.statuses, 503] };
  const { vote, needsQueue, ...rest } = expected;
  if (vote === undefined && needsQueue !== true) return expected;
  return { ...rest, statuses: [...expected.statuses.filter((status) => status >= 400), 503] };
}

function judgeAnswer(answer: Answer, expected: Expected): { readonly problems: string[]; readonly acknowledged: Acknowledged | null } {
  const { status } = answer;
  if (!expected.statuses.includes(status))
    return { problems: [`${expected.statuses.join(" or ")} was due: ${answer.body.slice(0, 200)}`], acknowledged: null };
  if (status >= 400) {
    const problems = expected.bodyless ? [] : refusalProblems(answer, expected.problem);
    return { problems: [...problems, ...cookieProblems(answer, expected.cookie)], acknowledged: null };
  }
  if (expected.vote !== undefined) {
    // Bytes that were changed at random may have become a request to read something.
    if (expected.vote.at === null && !isVote(answer)) return { problems: [], acknowledged: null };
    return voteOf(answer, expected.vote);
  }
  const type = one(answer, "content-type");
  return {
    problems: [
      ...(expected.type === undefined || type.startsWith(expected.type) ? [] : [`the content type is "${type}"`]),
      ...cookieProblems(answer, expected.cookie),
    ],
    acknowledged: null,
  };
}

function cookieProblems(answer: Answer, expected: Expected["cookie"]): string[] {
  const cookies = answer.headers.get("set-cookie") ?? [];
  if (cookies.length > 1 || cookies.some((cookie) => !VOTER_COOKIE.test(cookie))) return [`its cookie is odd: ${cookies.join(" and ")}`];
  if (expected === "given" && cookies.length === 0) return ["it gives no voter cookie"];
  return expected === "none" && cookies.length > 0 ? ["it gives a voter cookie"] : [];
}

const isVote = (answer: Answer): boolean => answer.status === 202 || answer.body.includes('class="receipt"');

/** A refusal says in one sentence what to put right: as a page at the page's address, as JSON elsewhere. */
function refusalProblems(answer: Answer, form: Entrance | "any"): string[] {
  const problems: string[] = [];
  const type = one(answer, "content-type");
  const isPage = type.startsWith("text/html");
  if (form !== "any" && isPage !== (form === "page"))
    problems.push(`a ${form === "page" ? "page" : "JSON"} was due, the content type is "${type}"`);
  const plain = type.startsWith("text/plain") && answer.status === 503;
  if (!plain) {
    const sentence = isPage ? sentenceOfPage(answer.body) : sentenceOfJson(answer.body);
    if (sentence === null || !SENTENCE.test(sentence)) problems.push(`it has no clear sentence: ${answer.body.slice(0, 200)}`);
    if (one(answer, "x-content-type-options") !== "nosniff") problems.push("x-content-type-options is missing");
    if (answer.status === 503 && !/^[1-9]\d*$/.test(one(answer, "retry-after"))) problems.push("retry-after is missing");
  }
  if (isPage && !one(answer, "content-security-policy").startsWith("default-src 'none'"))
    problems.push("content-security-policy is missing");
  if (answer.status === IMPOSSIBLE_AT_THIS_ADDRESS && one(answer, "allow") === "") problems.push("allow is missing");
  return problems;
}

function sentenceOfPage(page: string): string | null {
  const found = [...page.matchAll(/<p class="problem" role="alert">([^<]*)<\/p>/g)];
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}

function sentenceOfJson(body: string): string | null {
  try {
    const { error, ...others } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" && Object.keys(others).length === 0 ? error : null;
  } catch {
    return null;
  }
}

function voteOf(answer: Answer, vote: ExpectedVote): { readonly problems: string[]; readonly acknowledged: Acknowledged | null } {
  const problems: string[] = [];
  const asApi = answer.status === 202;
  const receipt = asApi ? receiptOfJson(answer.body) : /<code>([^<]*)<\/code>/.exec(answer.body)?.[1];
  if (receipt === undefined || !RECEIPT.test(receipt)) return { problems: ["it gives no receipt"], acknowledged: null };
  const pressed = asApi ? vote.option : (/value="([^"]*)" aria-pressed="true"/.exec(answer.body)?.[1] ?? null);
  if (!one(answer, "content-type").startsWith(asApi ? "application/json" : "text/html")) problems.push("its content type does not fit");
  if (vote.option !== null && pressed !== vote.option) problems.push(`it marks "${pressed}", not "${vote.option}"`);
  const cookies = answer.headers.get("set-cookie") ?? [];
  const cookieVoter = VOTER_COOKIE.exec(cookies[0] ?? "")?.[1] ?? null;
  if (cookies.length > 0 && (cookieVoter === null || cookies.length > 1)) problems.push(`its cookie is odd: ${cookies.join(" and ")}`);
  if (vote.voter === "own" && cookies.length > 0) problems.push("it gives a known voter a new cookie");
  if (vote.voter === "new" && cookieVoter === null) problems.push("it gives a new voter no cookie");
  const acknowledged = {
    ballot: receipt.slice(0, 36),
    option: vote.option ?? pressed,
    cookieVoter,
    voter: vote.voter,
    key: vote.key ?? null,
  };
  return { problems, acknowledged };
}

function receiptOfJson(body: string): string | undefined {
  try {
    const { ballot, state } = JSON.parse(body) as { ballot?: unknown; state?: unknown };
    return typeof ballot === "string" && state === "queued" ? ballot : undefined;
  } catch {
    return undefined;
  }
}

/** The value of a header that comes once; empty when it is missing or comes twice. */
function one(answer: Answer, name: string): string {
  const values = answer.headers.get(name) ?? [];
  return values.length === 1 ? (values[0] as string) : "";
}
