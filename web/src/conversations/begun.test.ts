import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { useConnection } from "@/live/connection";
import type { ColleagueDraft, Me, ServerMessage } from "@/live/types";
import { useSession } from "@/people/session";
import { usePreparing } from "@/together/preparing";
import { useBegun } from "./begun";

const place = "ticket/42";
const draft = (person: number, name: string, minute: string): ColleagueDraft => ({
  person, name, kind: "reply", since: "2026-11-22T14:00:00.000Z", at: `2026-11-22T14:${minute}:00.000Z`,
});
let tell: (message: Partial<ServerMessage> & { type: string }) => void;

beforeEach(() => {
  setActivePinia(createPinia());
  const handlers = new Map<string, (message: never) => void>();
  vi.spyOn(useConnection(), "onMessage").mockImplementation(((type: string, handler: (message: never) => void) => {
    handlers.set(type, handler);
    return () => handlers.delete(type);
  }) as never);
  tell = (message) => handlers.get(message.type)?.(message as never);
  useSession().me = { id: 1, name: "Bianca" } as Me;
});
const names = () => useBegun().of(42).map(({ name }) => name);
const snapshot = (...colleagues: ColleagueDraft[]) =>
  tell({ type: "snapshot", place, state: { ticket: { id: 42 }, colleagues } } as never);

test("colleagues' replies are shown, the newest first, and mine is not", () => {
  useBegun();
  snapshot(draft(1, "Bianca", "03"), draft(2, "Hanna", "01"), draft(3, "Omid", "02"));
  expect(names()).toEqual(["Omid", "Hanna"]);
});

test("words in passing say that one began, goes on, went; a snapshot says all anew", () => {
  useBegun();
  snapshot(draft(3, "Omid", "02"));
  const pass = (person: number, said: ColleagueDraft | null) =>
    tell({ type: "passing", place, n: 1, words: [{ what: "draft", person, draft: said }] } as never);
  pass(2, draft(2, "Hanna", "04"));
  expect(names()).toEqual(["Hanna", "Omid"]);
  pass(3, null);
  expect(names()).toEqual(["Hanna"]);
  snapshot();
  expect(names()).toEqual([]);
});

test("who prepares a reply is told of them", () => {
  const learn = vi.spyOn(usePreparing(), "learn");
  useBegun();
  snapshot(draft(2, "Hanna", "01"));
  expect(learn).toHaveBeenLastCalledWith(place, [draft(2, "Hanna", "01")]);
});

test("the text is asked for when someone reads it", async () => {
  const get = vi.spyOn(api, "get").mockResolvedValue({ ...draft(2, "Hanna", "01"), body: "Dear Nora" });
  expect((await useBegun().read(42, 2)).body).toBe("Dear Nora");
  expect(get).toHaveBeenCalledWith("/api/tickets/42/drafts/2");
});

test("whoever comes next is told anew", () => {
  useBegun();
  snapshot(draft(2, "Hanna", "01"));
  useSession().me = null;
  expect(names()).toEqual([]);
});
