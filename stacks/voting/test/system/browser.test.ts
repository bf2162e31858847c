import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { BROWSER, BROWSER_ARGUMENTS, until } from "@groundplan/testing";
import { startVoting, type VotingRun } from "@voting/testing";
import { type Browser, chromium, type Page } from "playwright-core";

let run: VotingRun;
let browser: Browser | null = null;
before(async () => {
  run = await startVoting();
  if (BROWSER === undefined) return;
  browser = await chromium.launch({
    executablePath: BROWSER,
    args: [...BROWSER_ARGUMENTS],
  });
});
after(async () => {
  await browser?.close();
  await run.close();
});

/** What the result page shows, option by option. */
const shown = (page: Page): Promise<string[]> => page.locator("#options .votes").allTextContents();

test("a vote cast in a browser shows on the result page without a reload, and moves when it is changed", async (context) => {
  if (browser === null) return context.skip("needs chromium");
  const person = await browser.newContext();
  const [ballot, results] = [await person.newPage(), await person.newPage()];
  const complaints: string[] = [];
  for (const page of [ballot, results]) {
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
  }
  await results.goto(run.resultUrl);
  await results.getByText("No votes yet").waitFor();
  await results.locator("#connection[data-state=live]").waitFor();

  await ballot.goto(run.voteUrl);
  await ballot.getByRole("button", { name: "Cats" }).click();
  await ballot.getByRole("status").getByText("Your vote for Cats is stored.").waitFor();
  await until("the result page shows the vote", async () => (await shown(results)).join() === "1 vote,0 votes");

  await ballot.getByRole("button", { name: "Dogs" }).click();
  await until("the result page shows the change", async () => (await shown(results)).join() === "0 votes,1 vote");
  assert.match((await results.locator("#freshness").textContent()) ?? "", /^updated (just now|\d+ s ago)$/);

  await ballot.getByRole("link", { name: "See the results" }).click();
  await ballot.getByText("1 vote in all").waitFor();
  await ballot.getByRole("link", { name: "Vote" }).click();
  await ballot.getByRole("button", { name: "Dogs" }).click();
  const receipt = (await ballot.locator(".receipt code").textContent()) as string;
  await results.getByLabel("Was my vote counted?").fill(receipt);
  await results.getByRole("button", { name: "Look up" }).click();
  await results.getByText("This ballot is counted: it is the vote that stands.").waitFor();
  assert.deepEqual(complaints, []);
  await person.close();
});

test("the ballot works without JavaScript, and so does the result page", async (context) => {
  if (browser === null) return context.skip("needs chromium");
  const person = await browser.newContext({ javaScriptEnabled: false });
  const page = await person.newPage();
  await page.goto(run.resultUrl);
  const before = Number.parseInt((await shown(page))[1] as string, 10);
  await page.goto(run.voteUrl);
  await page.getByRole("button", { name: "Dogs" }).click();
  await page.getByText("Your vote for Dogs is stored.").waitFor();
  await until("the page has the vote", async () => {
    await page.goto(run.resultUrl);
    return Number.parseInt((await shown(page))[1] as string, 10) === before + 1;
  });
  await person.close();
});

test("a double click on a first vote is one ballot of one voter, and so is its reload", async (context) => {
  if (browser === null) return context.skip("needs chromium");
  const cast = async () => (await run.pool.query("SELECT id, voter FROM ballots")).rows;
  const before = await cast();
  const person = await browser.newContext();
  const page = await person.newPage();
  await page.goto(run.voteUrl);
  await page.getByRole("button", { name: "Cats" }).dblclick();
  await page.getByText("Your vote for Cats is stored.").waitFor();
  await page.reload();
  const receipt = (await page.locator(".receipt code").textContent()) as string;
  // What is cast behind them in the queue is counted after them.
  await page.getByRole("button", { name: "Dogs" }).click();
  await page.getByText("Your vote for Dogs is stored.").waitFor();
  await until("both are counted", async () => (await cast()).length >= before.length + 2);
  const own = (await cast()).filter(({ id }) => !before.some((other) => other.id === id));
  assert.equal(own.length, 2);
  assert.equal(new Set(own.map(({ voter }) => voter)).size, 1);
  assert.ok(own.some(({ id }) => receipt.startsWith(id)));
  await person.close();
});

test("a form on another site's page casts no vote, and leaves the voter's cookie alone", async (context) => {
  if (browser === null) return context.skip("needs chromium");
  const form = `<form method="post" action="${run.voteUrl}"><button name="vote" value="a">Win</button></form>`;
  const site = createServer((_request, response) => response.setHeader("content-type", "text/html").end(form));
  await once(site.listen(0, "127.0.0.1"), "listening");
  const person = await browser.newContext();
  const page = await person.newPage();
  await page.goto(run.voteUrl);
  const cookie = (await person.cookies(run.voteUrl))[0]?.value;
  for (const host of ["localhost", "127.0.0.1"]) {
    await page.goto(`http://${host}:${(site.address() as AddressInfo).port}`);
    await page.getByRole("button", { name: "Win" }).click();
    await page.getByText("A vote is taken only from a page of this poll").waitFor();
    assert.equal((await person.cookies(run.voteUrl))[0]?.value, cookie);
  }
  await person.close();
  site.close();
});

test("the result page says when its connection is lost, and recovers by itself", async (context) => {
  if (browser === null) return context.skip("needs chromium");
  const page = await browser.newPage();
  await page.goto(run.resultUrl);
  await page.locator("#connection[data-state=live]").waitFor();
  await run.stack.stop("result");
  await page.locator("#connection[data-state=lost]").waitFor();
  await run.stack.restart("result");
  await page.locator("#connection[data-state=live]").waitFor();
  await page.close();
});

test("both pages fit a phone: nothing to scroll sideways, buttons large enough for a thumb", async (context) => {
  if (browser === null) return context.skip("needs chromium");
  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  const page = await phone.newPage();
  for (const url of [run.voteUrl, run.resultUrl]) {
    await page.goto(url);
    const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok((wide as number) <= (view as number), `${url} is ${wide} px wide on a screen of ${view} px`);
    for (const box of await Promise.all((await page.getByRole("button").all()).map((button) => button.boundingBox()))) {
      assert.ok((box?.height ?? 0) >= 40, `a button of ${url} is ${box?.height} px high`);
    }
  }
  await phone.close();
});
