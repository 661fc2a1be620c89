// Moments as people say them. One clock ticks for the whole page.
import { ref } from "vue";

export const now = ref(Date.now());
let tag = "en-GB";
let skew: () => number = Date.now;

/** `serverNow` in milliseconds; `language` as Intl names it. */
export function setClock(language: string, serverNow: () => number): void {
  tag = language;
  skew = serverNow;
  now.value = skew();
}
setInterval(() => {
  now.value = skew();
}, 1_000);

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** "12 s", "4 min", "3 h", "2 d", then the date. */
export function ago(moment: string, at = now.value): string {
  const span = Math.max(0, at - Date.parse(moment));
  const [n, unit] = stepOf(span);
  if (unit === null) return date(moment, at);
  const short = shorter[tag.slice(0, 2)]?.[unit];
  return short ? `${n} ${short}` : new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" }).format(n);
}

/** Where Intl's own ("13 secs", "17 Sek.") are longer than a narrow row can bear. */
const shorter: Record<string, Record<"second" | "minute" | "hour" | "day", string>> = {
  en: { second: "s", minute: "min", hour: "h", day: "d" },
  de: { second: "s", minute: "min", hour: "h", day: "T" },
};

function stepOf(span: number): [number, "second" | "minute" | "hour" | "day" | null] {
  if (span < minute) return [Math.floor(span / second), "second"];
  if (span < hour) return [Math.floor(span / minute), "minute"];
  if (span < day) return [Math.floor(span / hour), "hour"];
  if (span < 7 * day) return [Math.floor(span / day), "day"];
  return [0, null];
}

function date(moment: string, at: number): string {
  const sameYear = new Date(moment).getFullYear() === new Date(at).getFullYear();
  return format(moment, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}
/** The date alone, without its year where that is this one. */
export const dayOf = (moment: string): string => date(moment, now.value);
export const clock = (moment: string): string => format(moment, { hour: "2-digit", minute: "2-digit" });
/** "Monday, 30 November". */
export const weekday = (moment: string): string => format(moment, { weekday: "long", day: "numeric", month: "long" });
export const absolute = (moment: string): string => format(moment, { dateStyle: "full", timeStyle: "medium" });

function format(moment: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(tag, options).format(new Date(moment));
}
