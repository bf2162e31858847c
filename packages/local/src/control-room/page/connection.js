import { byId } from "./element.js";

/**
 * Follows the stack. The browser connects again by itself whenever the connection is lost; each connection begins with a
 * snapshot, so nothing is missed.
 *
 * @param {{ snapshot(data: any): void, part(data: any): void, logs(data: any): void, level(data: any): void, alerts(data: any): void }} listeners
 */
export function follow(listeners) {
  const shown = byId("connection");
  const show = (state, text) => {
    if (shown.dataset.state === state) return;
    shown.dataset.state = state;
    shown.textContent = text;
    document.body.classList.toggle("stale", state === "lost");
  };

  const source = new EventSource("/api/events");
  for (const [event, listener] of Object.entries(listeners)) {
    source.addEventListener(event, (message) => listener(JSON.parse(message.data)));
  }
  source.addEventListener("open", () => show("live", "live"));
  source.addEventListener("error", () => {
    show("lost", "disconnected, trying again");
    // Only a refusal closes it for good, for example while another program has the port.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3_000);
  });
}
