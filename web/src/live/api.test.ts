import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { get, onSignedOut, Problem, send, translatesRefusals } from "./api";
import { applies, forgetAll } from "./apply";

type Call = { path: string; init: RequestInit };
let calls: Call[];
const headers = (at: number) => calls[at]?.init.headers as Record<string, string>;

function answers(...list: (Response | Error)[]): void {
  calls = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    calls.push({ path, init });
    const answer = list.shift();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
  });
}
const json = (body: unknown, status = 200) => Response.json(body, { status });
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  forgetAll();
});

test("a write that gets no answer is sent again under the same key", async () => {
  answers(new TypeError("cut"), json({}, 503), json({ ok: true }));
  const done = send("POST", "/api/tickets/1/replies", { body: "a" });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await done).toEqual({ ok: true });
  expect(new Set([0, 1, 2].map((at) => headers(at)["Idempotency-Key"])).size).toBe(1);
});

test("a refusal speaks the reader's language where it is known there, and the server's where not", async () => {
  translatesRefusals((type) => (type === "gone" ? "Es liegt im Papierkorb." : ""));
  answers(json({ type: "/problems/gone", detail: "It lies in the bin." }, 410), json({ type: "/problems/odd", detail: "Odd." }, 409));
  await expect(send("POST", "/a")).rejects.toMatchObject({ type: "gone", detail: "Es liegt im Papierkorb." });
  await expect(send("POST", "/a")).rejects.toMatchObject({ type: "odd", detail: "Odd." });
  translatesRefusals(() => "");
});

test("two writes have two keys", async () => {
  answers(json({}), json({}));
  await send("POST", "/a");
  await send("POST", "/a");
  expect(headers(0)["Idempotency-Key"]).not.toBe(headers(1)["Idempotency-Key"]);
});

test("without any answer it says offline, after three more tries", async () => {
  answers(...Array.from({ length: 4 }, () => new TypeError("cut")));
  const failed = get("/api/desk").catch((problem: unknown) => problem);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ type: "offline", status: 0 });
  expect(calls).toHaveLength(4);
});

test("a problem keeps its short type and everything it carries", async () => {
  answers(json({ type: "/problems/reply-held", title: "Held", detail: "Read first", held: 4 }, 409));
  const problem = await send("POST", "/x").catch((caught: unknown) => caught);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ type: "reply-held", status: 409, extra: { held: 4 } });
});

test("being signed out is told, a wrong password is not", async () => {
  const out = vi.fn<() => void>();
  const undo = onSignedOut(out);
  answers(json({ type: "/problems/wrong-password" }, 401), json({ type: "/problems/signed-out" }, 401));
  await send("POST", "/api/session").catch(() => null);
  expect(out).not.toHaveBeenCalled();
  await get("/api/desk").catch(() => null);
  expect(out).toHaveBeenCalledOnce();
  undo();
});

test("the facts of an answer are applied", async () => {
  const heard: number[] = [];
  const undo = applies("subject_changed", ({ version }) => heard.push(version));
  answers(json({ facts: [{ place: "ticket/9", version: 2, kind: "subject_changed", data: {} }] }));
  await send("PATCH", "/api/tickets/9", {});
  expect(heard).toEqual([2]);
  undo();
});
