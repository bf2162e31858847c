// node cast-vote.mjs <vote page> <result page>: casts a vote as the API's clients do, waits until it is counted, and prints the totals.
const [vote, result] = process.argv.slice(2);
const limitMs = Date.now() + 60_000;

const total = async () => (await json(`${result}/api/results`)).total;

const before = await total();
const { ballot } = await json(`${vote}/api/votes`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ vote: "a" }),
});
await until(async () => (await json(`${result}/api/ballots/${ballot}`)).state === "counted", `${ballot} is counted`);
process.stdout.write(JSON.stringify({ before, total: await total() }));

/** Something may just have been killed: a 503 is asked again. */
async function json(url, options) {
  let answer;
  await until(async () => {
    answer = await fetch(url, options);
    return answer.status !== 503;
  }, `${url} answers`);
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function until(isSo, what) {
  while (!(await isSo())) {
    if (Date.now() > limitMs) throw new Error(`not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
