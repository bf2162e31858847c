// Keeps the page live: draws each event of /events, and says how fresh the picture is and whether the connection stands.
// Comes back by itself after any outage; the browser retries a lost stream, and this script one that was refused.

/** Before trying again after a refusal: at first, and at most. Each wait is drawn from the upper half, so that pages do not come together. */
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30000;
/** The server says something at least every 2 s; when it has not for this long, something between us is wrong. */
const SILENT_MS = 6000;
/** A connection that died without a word never tells: after 20 to 40 s of silence a new one is tried. */
const DEAD_MS = 20000;

const elements = Object.fromEntries(["options", "total", "freshness", "connection"].map((id) => [id, document.getElementById(id)]));
let heardAt = null;
let stream = null;
let refusals = 0;
let deadAt = 0;

function connect() {
  stream?.close();
  stream = new EventSource("/events");
  waitForNews();
  stream.addEventListener("results", (event) => {
    heardAt = performance.now();
    refusals = 0;
    waitForNews();
    draw(JSON.parse(event.data));
    showConnection("live", "live");
    showFreshness();
  });
  stream.addEventListener("error", () => {
    showConnection("lost", "connection lost, trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, refusedWaitMs());
  });
}

function refusedWaitMs() {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** refusals++, LONGEST_WAIT_MS);
  return (longest * (1 + Math.random())) / 2;
}

function waitForNews() {
  deadAt = performance.now() + DEAD_MS * (1 + Math.random());
}

function checkNews() {
  showFreshness();
  // A closed one waits for its turn already.
  if (performance.now() > deadAt && stream.readyState !== EventSource.CLOSED) connect();
}

function draw({ options, total }) {
  if (elements.options.children.length !== options.length) elements.options.replaceChildren(...options.map(createRow));
  options.forEach((option, index) => {
    const row = elements.options.children[index];
    const percent = total === 0 ? null : (100 * option.votes) / total;
    row.querySelector(".label").textContent = option.label;
    row.querySelector(".share").textContent = percent === null ? "no votes" : `${percent.toFixed(1)} %`;
    row.querySelector("progress").value = percent ?? 0;
    row.querySelector(".votes").textContent = countText(option.votes);
  });
  elements.total.textContent = total === 0 ? "No votes yet" : `${countText(total)} in all`;
}

function createRow(option) {
  const row = document.createElement("li");
  const label = element("span", "label");
  const progress = element("progress", "");
  progress.max = 100;
  progress.setAttribute("aria-label", option.label);
  row.append(label, element("span", "share"), progress, element("span", "votes"));
  return row;
}

function element(name, className) {
  const created = document.createElement(name);
  created.className = className;
  return created;
}

function countText(votes) {
  return `${votes.toLocaleString("en")} ${votes === 1 ? "vote" : "votes"}`;
}

function showConnection(state, text) {
  // Only on a change: the line is announced to screen readers.
  if (elements.connection.dataset.state === state) return;
  elements.connection.dataset.state = state;
  elements.connection.textContent = text;
}

function showFreshness() {
  if (heardAt === null) return;
  const ageMs = performance.now() - heardAt;
  elements.freshness.textContent = ageMs < 1000 ? "updated just now" : `updated ${Math.floor(ageMs / 1000)} s ago`;
  if (ageMs > SILENT_MS) showConnection("silent", "no news from the server");
}

setInterval(checkNews, 1000);
connect();
