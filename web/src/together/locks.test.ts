import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts } from "@/live/apply";
import type { Fact } from "@/live/types";
import { useSession } from "@/people/session";
import { useLocks } from "./locks";

const [bianca, hanna] = [{ id: 1, name: "Bianca" }, { id: 2, name: "Hanna" }];
let version = 0;
const forced = (fence: number): Fact => {
  version += 1;
  return {
    place: "ticket/42", version, position: version, kind: "lock_forced", by: hanna,
    at: "2026-11-22T14:02:00.000Z", data: { former: bianca, fence },
  };
};
const posts = (send: { mock: { calls: unknown[][] } }) => send.mock.calls.filter(([method]) => method === "POST");

beforeEach(() => {
  setActivePinia(createPinia());
  useSession().$patch({ me: { ...bianca } as never });
});
const server = () => vi.spyOn(api, "send").mockResolvedValue({ holder: bianca, fence: 7 });

test("opening takes the place and remembers its fence", async () => {
  server();
  const locks = useLocks();
  expect(await locks.take("ticket/42")).toBeNull();
  expect(locks.isMine("ticket/42")).toBe(true);
  expect(locks.fence("ticket/42")).toBe(7);
});

test("refused: the holder is named and nothing is mine", async () => {
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("locked", "", "", 409, { holder: hanna, fence: 3 }));
  const locks = useLocks();
  expect(await locks.take("ticket/42")).toEqual(hanna);
  expect(locks.isMine("ticket/42")).toBe(false);
});

test("forced away: she is told by whom, keeps the stale fence, and takes none by typing on", async () => {
  const send = server();
  const locks = useLocks();
  await locks.take("ticket/42");
  applyFacts([forced(8)]);
  expect(locks.lost("ticket/42")?.by).toEqual(hanna);
  expect(locks.isMine("ticket/42")).toBe(false);
  expect(locks.fence("ticket/42")).toBe(7);
  await locks.takeQuietly("ticket/42");
  expect(posts(send)).toHaveLength(1);
});

test("taking again by herself ends the loss", async () => {
  server();
  const locks = useLocks();
  await locks.take("ticket/42");
  applyFacts([forced(8)]);
  await locks.take("ticket/42");
  expect(locks.lost("ticket/42")).toBeNull();
  expect(locks.isMine("ticket/42")).toBe(true);
});

test("news of an older fence takes nothing away", async () => {
  server();
  const locks = useLocks();
  await locks.take("ticket/42");
  applyFacts([forced(6)]);
  expect(locks.lost("ticket/42")).toBeNull();
});

test("two keystrokes at once ask once", async () => {
  const send = server();
  const locks = useLocks();
  await Promise.all([locks.takeQuietly("ticket/42"), locks.takeQuietly("ticket/42")]);
  expect(posts(send)).toHaveLength(1);
});
