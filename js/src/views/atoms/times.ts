import { h } from "../h";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2 min ago`, `yesterday`, `6 days ago`, then `12 Nov`, then `12 Nov 2025`. */
export function ago(time: number, now: number = Date.now()): string {
  const gone = now - time;
  const then = new Date(time);
  const today = new Date(now);
  const days = Math.round((midnight(today) - midnight(then)) / DAY);
  // A clock that is ahead by a little is no reason to speak of the future.
  if (gone < -HOUR || days > 6) {
    const date = `${then.getDate()}\u00a0${MONTHS[then.getMonth()]}`;
    return then.getFullYear() === today.getFullYear() ? date : `${date} ${then.getFullYear()}`;
  }
  if (gone < MINUTE) {
    return "just now";
  }
  if (gone < HOUR) {
    return `${Math.floor(gone / MINUTE)}\u00a0min ago`;
  }
  // An hour ago is not yesterday, also after midnight.
  if (days === 0 || gone < 6 * HOUR) {
    return `${Math.floor(gone / HOUR)}\u00a0h ago`;
  }
  return days === 1 ? "yesterday" : `${days}\u00a0days ago`;
}

/** The moment to the minute, with its zone. */
export function absolute(time: number): string {
  const date = new Date(time);
  const two = (n: number): string => String(n).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const hours = two(Math.floor(Math.abs(offset) / 60));
  const zone = offset === 0 ? "UTC" : `UTC${offset < 0 ? "\u2212" : "+"}${hours}:${two(Math.abs(offset) % 60)}`;
  return (
    `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}, ` +
    `${two(date.getHours())}:${two(date.getMinutes())} ${zone}`
  );
}

/** A relative time, with the moment itself in its tooltip. */
export function when(time: number): HTMLElement {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    return h("span", null, "at an unknown time");
  }
  return h("time", { datetime: date.toISOString(), title: absolute(time) }, ago(time));
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
