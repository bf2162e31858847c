import assert from "node:assert/strict";
import { test } from "node:test";
import { formatLogLine } from "../../src/logs/log-book.js";

const plain = { color: false, width: 6 };
const colored = { color: true, width: 6 };
const line = (text: string, from = "vote") => ({ time: 0, from, stream: "stdout" as const, text });

test("the name is padded to the longest one", () => {
  assert.equal(formatLogLine(line("ready", "db"), plain), "db     | ready");
  assert.equal(formatLogLine(line("ready", "worker"), plain), "worker | ready");
});

test("a line of pino is shown as level, message and the rest as key=value", () => {
  const text = JSON.stringify({
    level: 30,
    time: 1,
    pid: 7,
    hostname: "h",
    name: "vote",
    port: 8080,
    who: "a b",
    list: [1],
    msg: "listening",
  });
  assert.equal(formatLogLine(line(text), plain), 'vote   | INFO  listening port=8080 who="a b" list=[1]');
});

test("levels may be words, and a line may have no message", () => {
  assert.equal(formatLogLine(line('{"level":"warn","msg":"slow"}'), plain), "vote   | WARN  slow");
  assert.equal(formatLogLine(line('{"level":50,"code":7}'), plain), "vote   | ERROR code=7");
});

test("an error in a line of pino is shown with its message, and its stack on lines of its own", () => {
  const err = { type: "Error", message: "no queue", stack: "Error: no queue\n    at vote.js:1:2\n    at main.js:3:4" };
  const text = JSON.stringify({ level: 50, err, msg: "cannot count" });
  assert.equal(
    formatLogLine(line(text), plain),
    ['vote   | ERROR cannot count err="no queue"', "vote   |       at vote.js:1:2", "vote   |       at main.js:3:4"].join("\n"),
  );
});

test("JSON that is not of pino is shown as it is", () => {
  for (const text of ['{"port":8080}', '{"level":30', "[1]", "{}", '{"level":31}', "null"])
    assert.equal(formatLogLine(line(text), plain), `vote   | ${text}`);
});

test("in colour, the name and the level have one, and each name keeps its own", () => {
  const shown = formatLogLine(line('{"level":50,"msg":"no","a":1}'), colored);
  const name = shown.split("vote   |")[0];
  assert.match(name ?? "", /^.\[\d+m$/);
  assert.equal(shown, `${name}vote   |\u001b[39m \u001b[31mERROR\u001b[39m no \u001b[2ma=1\u001b[22m`);
  const colors = ["vote", "worker", "result", "redis", "db"].map((name) => formatLogLine(line("x", name), colored).split("m")[0]);
  assert.equal(new Set(colors).size, 5);
});

test("control characters cannot reach the terminal, colours only when colour is wanted", () => {
  const text = "\u001b[32mgreen\u001b[0m \u001b]0;title\u0007 \u001b[2J";
  assert.equal(formatLogLine(line(text), plain), "vote   | green \\x1b]0;title\\x07 \\x1b[2J");
  assert.ok(formatLogLine(line(text), colored).endsWith("\u001b[32mgreen\u001b[0m \\x1b]0;title\\x07 \\x1b[2J"));
  const sneaky = JSON.stringify({ level: 30, agent: "\u001b[2J", msg: "\u001b[31mred\nnext" });
  assert.equal(formatLogLine(line(sneaky), plain), "vote   | INFO  red\\x0anext agent=\\x1b[2J");
});
