// Keeps the page live: draws each event of /events, and says how fresh the picture is and whether the connection stands.
// Comes back by itself after any outage; the browser retries a lost stream, and this script one that was refused.

const RETRY_MS = 1500;
/** The server says something at least every 2 s; when it has not for this long, something between us is wrong. */
const SILENT_MS = 6000;

const elements = Object.fromEntries(["options", "total", "freshness", "connection"].map((id) => [id, document.getElementById(id)]));
let heardAt = null;
let stream = null;

function connect() {
  stream?.close();
  stream = new EventSource("/events");
  stream.addEventListener("results", (event) => {
    heardAt = performance.now();
    draw(JSON.parse(event.data));
    showConnection("live", "live");
    showFreshness();
  });
  stream.addEventListener("error", () => {
    showConnection("lost", "connection lost, trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
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

setInterval(showFreshness, 1000);
connect();
