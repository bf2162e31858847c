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
