// When a reply may leave later, in the time zone of whoever sits here.

export type Hour = { key: "hour" | "tomorrow" | "monday"; at: Date };

const morning = 9;

/** Never the same moment twice: on a Sunday "tomorrow" is Monday. */
export function hours(now: Date): Hour[] {
  const tomorrow = morningIn(now, 1);
  const monday = morningIn(now, ((8 - now.getDay()) % 7) || 7);
  const all: Hour[] = [
    { key: "hour", at: new Date(now.getTime() + 3_600_000) },
    { key: "tomorrow", at: tomorrow },
    { key: "monday", at: monday },
  ];
  return monday.getTime() === tomorrow.getTime() ? all.slice(0, 2) : all;
}

function morningIn(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, morning);
}

/** Which day it is from here: told by its name where that is enough. */
export function dayFrom(now: Date, at: Date): "today" | "tomorrow" | "on" {
  if (at.toDateString() === now.toDateString()) return "today";
  return at.toDateString() === morningIn(now, 1).toDateString() ? "tomorrow" : "on";
}

/** As a field of date and time wants it, in local time. */
export function forField(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What was picked, or null where it is no moment of the coming year. */
export function picked(field: string, now: Date): Date | null {
  const at = new Date(field);
  const span = at.getTime() - now.getTime();
  return span > 0 && span < 366 * 86_400_000 ? at : null;
}
