import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Stray } from "@/live/types";
import { useDrafts } from "./drafts";
import { useStrays } from "./strays";

const stray = (aside: number | null, more: Partial<Stray> = {}): Stray => ({
  ticket: 42, subject: "Lamp", kind: "reply", aside, body: `text ${aside}`, at: "2026-11-01T10:00:00Z", why: "deleted", ...more,
});
beforeEach(() => setActivePinia(createPinia()));

test("one text is let go, and what stands beside it stays", async () => {
  const send = vi.spyOn(api, "send").mockResolvedValue({});
  const all = useStrays();
  all.kept = [stray(null), stray(1), stray(2), stray(null, { kind: "note" })];
  await all.discard(stray(1));
  expect(send).toHaveBeenLastCalledWith("DELETE", "/api/strays/42?kind=reply&aside=1");
  await all.discard(stray(null));
  expect(send).toHaveBeenLastCalledWith("DELETE", "/api/strays/42?kind=reply");
  expect(all.strays.map(({ kind, aside }) => [kind, aside])).toEqual([["reply", 2], ["note", null]]);
});

test("what lies in this browser alone is among them, and is let go here", async () => {
  const send = vi.spyOn(api, "send").mockRejectedValue(new api.Problem("not-found", "", "", 404));
  useConnection().$patch({ state: "live" });
  useDrafts().write(42, "reply", "Dear Nora");
  await useDrafts().saved(42, "reply");
  const [mine] = useStrays().strays;
  expect(mine).toMatchObject({ ticket: 42, body: "Dear Nora", why: "here" });
  await useStrays().discard(mine!);
  expect(useStrays().strays).toEqual([]);
  expect(send).toHaveBeenCalledOnce();
});
