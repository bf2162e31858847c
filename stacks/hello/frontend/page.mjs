const TIMEOUT_MS = 2_000;

/**
 * The backend's greeting with status 200; or a sentence for the visitor with the status of the page that says it: 502 when the backend
 * cannot be reached or fails, 504 when it takes too long.
 *
 * @param {string} address of the backend, for example "http://127.0.0.1:4567"
 * @returns {Promise<{ status: number, text: string }>}
 */
export async function askBackend(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return { status: 502, text: `The backend answered ${response.status}.` };
    return { status: 200, text: await response.text() };
  } catch (error) {
    if (error.name === "TimeoutError") return { status: 504, text: `The backend has not answered within ${TIMEOUT_MS / 1000} seconds.` };
    return { status: 502, text: "The backend cannot be reached." };
  }
}

/**
 * The whole page. A problem's page loads itself again every 5 seconds.
 *
 * @param {number} status 200: `text` is the greeting; otherwise `text` says what is wrong
 * @param {string} text whatever it holds, it is shown as text
 */
export function renderPage(status, text) {
  const fine = status === 200;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${fine ? "" : '<meta http-equiv="refresh" content="5">'}
<title>${fine ? "Hello" : "No greeting right now"}</title>
<link rel="icon" href="data:,">
<style>
body { margin: 0; min-height: 100vh; display: grid; place-content: center; gap: 1rem; padding: 1rem; text-align: center; font: 1.25rem/1.5 system-ui, sans-serif }
h1, p { margin: 0 }
h1 { font-size: clamp(2rem, 8vw, 4rem); line-height: 1.2; overflow-wrap: anywhere }
p { color: color-mix(in srgb, currentColor 75%, transparent) }
</style>
</head>
<body>
${fine ? `<h1>${escapeHtml(text)}</h1>\n<p>This is what the backend says.</p>` : `<h1>No greeting right now</h1>\n<p role="alert">${escapeHtml(text)}</p>\n<p>This page tries again every 5 seconds.</p>`}
</body>
</html>
`;
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
