/** 1234567 -> "1,234,567" */
export function formatCount(count) {
  return Math.round(count).toLocaleString("en-US");
}

/** A chart's axis has little room: 1500 -> "1.5k", 2000000 -> "2M" */
export function formatShort(count) {
  if (Math.abs(count) >= 1_000_000) return `${trim(count / 1_000_000)}M`;
  if (Math.abs(count) >= 1_000) return `${trim(count / 1_000)}k`;
  return trim(count);
}

function trim(value) {
  return String(Number(value.toFixed(2)));
}

/** How long ago, in the two largest units: 3725000 -> "1 h 2 min" */
export function formatDuration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Local time with milliseconds: "14:03:07.250" */
export function formatClock(time) {
  const date = new Date(time);
  const two = (value) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
