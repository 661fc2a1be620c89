import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nextTick } from "vue";
import type { Doing, Presence } from "@/live/types";
import { useSession } from "@/people/session";
import { forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useBubble } from "./bubble";

const place = "ticket/42";
let say: (people: Presence[], more?: number) => Promise<void>;

beforeEach(() => {
  forgetAll();
  setActivePinia(createPinia());
  useSession().$patch({ me: { id: 1 } as never });
  const wire = new FakeWire();
  useBubble();
  const connection = useConnection();
  connection.start({ tab: "t", open: () => wire });
  connection.watch(place);
  wire.opens();
  wire.hears(welcome());
  wire.hears({ type: "snapshot", place, n: 1, version: 1, state: {} as never, crowds: [], settling: false });
  let n = 1;
  say = async (people, more = 0) => {
    wire.hears({ type: "crowd", place, n: (n += 1), crowds: [{ place, people, more, lock: null }] });
    await nextTick();
  };
});
afterEach(() => useConnection().stop());
const who = (person: number, doing: Doing = "viewing"): Presence => ({ person, name: `P${person}`, hue: person, doing, since: "2026-01-01T10:00:00Z" });

test("it counts others who view or write, not me, nor who is idle or left", async () => {
  await say([who(1), who(2), who(3, "writing_reply"), who(4, "idle"), who(5, "left")], 0);
  expect(useBubble().count(place)).toBe(2);
});

test("it counts those who are not named too", async () => {
  await say([who(2)], 30);
  expect(useBubble().count(place)).toBe(31);
});

test("it is news until I looked, and again only for a newcomer", async () => {
  const bubble = useBubble();
  await say([who(2)]);
  expect(bubble.isNews(place)).toBe(true);
  bubble.look(place);
  expect(bubble.isNews(place)).toBe(false);
  await say([who(2, "writing_reply")]);
  expect(bubble.isNews(place)).toBe(false);
  await say([who(2, "writing_reply"), who(3)]);
  expect(bubble.isNews(place)).toBe(true);
});

test("who was idle and works again is no newcomer; who left is one", async () => {
  const bubble = useBubble();
  await say([who(2)]);
  bubble.look(place);
  await say([who(2, "idle")]);
  await say([who(2)]);
  expect(bubble.isNews(place)).toBe(false);
  await say([who(2, "left")]);
  await say([who(2)]);
  expect(bubble.isNews(place)).toBe(true);
});
