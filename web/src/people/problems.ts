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
  if (problem.type === "bad-request") return t("people.problem.bad", { words: lines(problem, t) || words });
  return t("people.problem.other", { words: words || String(problem.status) });
}

/** What is wrong, by the name of the field. */
export function fieldWords(problem: Problem, t: Say): Record<string, string> {
  return Object.fromEntries(errorsOf(problem).map(({ field, message }) => [field, inWords(message, t)]));
}

/** The server's sentences that a form can meet, in the reader's language; any other is shown as it came. */
const sentences: Record<string, string> = {
  "Someone signs in with this address already.": "people.problem.taken",
  "There is a department of that name.": "people.fault.nameTaken",
  "One of these departments does not exist.": "people.problem.gone",
  "Choose a password that is not your address.": "people.fault.isAddress",
  "Choose a password of more different characters.": "people.fault.signs",
  "Type the password again: it was stored for another server or user.": "people.fault.passwordAgain",
  "Mail can't be sent from an address of this form.": "people.fault.email",
};

function inWords(message: string, t: Say): string {
  const key = sentences[message];
  return key ? t(key) : message;
}

type FieldError = { field: string; message: string };

function errorsOf(problem: Problem): FieldError[] {
  const errors = problem.extra["errors"];
  return Array.isArray(errors) ? (errors as FieldError[]) : [];
}

const lines = (problem: Problem, t: Say): string => errorsOf(problem).map(({ message }) => inWords(message, t)).join(" ");

function waitOf(problem: Problem): number {
  const wait = Number(problem.extra["retry_after"]);
  return Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : 30;
}
