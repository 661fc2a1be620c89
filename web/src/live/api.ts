// HTTP: one door to /api. A write keeps its key through every automatic retry, so it takes effect once.
import { applyFacts } from "./apply";
import type { Fact } from "./types";

export class Problem extends Error {
  override name = "Problem";
  constructor(
    /** The last part of the problem's type: "reply-held", "stale", …; "offline" when no answer came. */
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly status: number,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;
export type SendOptions = { key?: string; upload?: boolean };
type Method = "POST" | "PUT" | "PATCH" | "DELETE";

const pauses = [400, 1200, 3000];
const signedOut = new Set<() => void>();
const resyncs = new Set<() => void>();
let wordsOf: (type: string) => string = () => "";
let epoch: string | null = null;
let person: number | null = null;

/** Whose page this is: what it sends is refused where another one is signed in in this browser by now. */
export function statePerson(now: number | null): void {
  person = now;
}
export function stateEpoch(now: string | null): void {
  epoch = now;
}
/** Given the type of a refusal: what it says in the reader's language, "" where the server's own words are to stand. */
export function translatesRefusals(words: (type: string) => string): void {
  wordsOf = words;
}
/** Called when the server says that this browser is signed in no more. */
export function onSignedOut(handler: () => void): () => void {
  signedOut.add(handler);
  return () => signedOut.delete(handler);
}
/** Called when a write was refused because the desk's data is another one than the page's. */
export function onResync(handler: () => void): () => void {
  resyncs.add(handler);
  return () => resyncs.delete(handler);
}

export function get<T>(path: string, query: Query = {}): Promise<T> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== "") asked.set(name, String(value));
  const search = asked.toString();
  return attempt<T>(search ? `${path}?${search}` : path, { method: "GET" });
}

export async function send<T>(
  method: Method,
  path: string,
  body?: unknown,
  options: SendOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { "Idempotency-Key": options.key ?? crypto.randomUUID() };
  if (epoch) headers["X-Epoch"] = epoch;
  if (person) headers["X-Person"] = String(person);
  const init: RequestInit = { method, headers };
  if (body !== undefined) {
    if (options.upload) init.body = body as FormData;
    else {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
  }
  const answer = await attempt<T>(path, init);
  applyAnswer(answer);
  return answer;
}

async function attempt<T>(path: string, init: RequestInit): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    const pause = pauses[turn];
    const answer = await fetch(path, { credentials: "same-origin", ...init }).catch(() => null);
    const passes = answer === null || answer.status === 503;
    if (passes && pause !== undefined) {
      await new Promise((done) => setTimeout(done, pause * (0.75 + Math.random() / 2)));
      continue;
    }
    if (answer === null) throw new Problem("offline", "No connection", wordsOf("offline"), 0);
    return read<T>(answer);
  }
}

async function read<T>(answer: Response): Promise<T> {
  if (answer.status === 204) return undefined as T;
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return body as T;
  throw refuse(answer.status, (body ?? {}) as Record<string, unknown>);
}

function refuse(status: number, body: Record<string, unknown>): Problem {
  const { type, title, detail, status: _, ...extra } = body;
  const name = typeof type === "string" ? (type.split("/").pop() ?? type) : `http-${status}`;
  if (status === 401 && name !== "wrong-password") for (const handler of signedOut) handler();
  if (status === 409 && name === "resync") for (const handler of resyncs) handler();
  applyAnswer(extra);
  return new Problem(name, text(title), wordsOf(name) || text(detail), status, extra);
}

function applyAnswer(answer: unknown): void {
  const facts = (answer as { facts?: Fact[] } | null | undefined)?.facts;
  if (Array.isArray(facts)) applyFacts(facts);
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
