// What a refusal says to the one who is at the form: what happened, what is safe, what to do.
import { Problem } from "@/live/api";

type Say = (key: string, values?: Record<string, unknown>) => string;

const said: Record<string, string> = {
  offline: "people.problem.offline",
  busy: "people.problem.busy",
  forbidden: "people.problem.forbidden",
  "signed-out": "people.problem.signedOut",
  "not-found": "people.problem.gone",
  gone: "people.problem.gone",
  stale: "people.problem.stale",
  resync: "people.problem.resync",
  taken: "people.problem.taken",
  "last-administrator": "people.problem.lastAdministrator",
};

export function problemWords(problem: unknown, t: Say): string {
  if (!(problem instanceof Problem)) throw problem;
  const key = said[problem.type];
  if (key) return t(key);
  const words = problem.detail || problem.title;
  if (problem.type === "too-many") return t("people.problem.tooMany", { seconds: waitOf(problem) });
  if (problem.type === "bad-request") return t("people.problem.bad", { words: lines(problem) || words });
  return t("people.problem.other", { words: words || String(problem.status) });
}

/** The server's words by the name of the field that they are about. */
export function fieldWords(problem: Problem): Record<string, string> {
  return Object.fromEntries(errorsOf(problem).map(({ field, message }) => [field, message]));
}

type FieldError = { field: string; message: string };

function errorsOf(problem: Problem): FieldError[] {
  const errors = problem.extra["errors"];
  return Array.isArray(errors) ? (errors as FieldError[]) : [];
}

const lines = (problem: Problem): string => errorsOf(problem).map(({ message }) => message).join(" ");

function waitOf(problem: Problem): number {
  const wait = Number(problem.extra["retry_after"]);
  return Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : 30;
}
