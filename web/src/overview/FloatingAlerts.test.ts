import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nextTick } from "vue";
import { i18n } from "@/app/i18n";
import { forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Doing, Presence } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import { useAlerts } from "./alerts";
import FloatingAlerts from "./FloatingAlerts.vue";

const place = "ticket/42";
const who = (person: number, name: string, doing: Doing = "viewing"): Presence =>
  ({ person, name, hue: person, doing, since: "2026-11-22T10:00:00.000Z" });
let pinia = createPinia();
let crowd: (...people: Presence[]) => Promise<void>;

beforeEach(() => {
  forgetAll();
  pinia = createPinia();
  setActivePinia(pinia);
  useSession().$patch({ me: { id: 1, alerts: "all" } as never });
  useAlerts();
  const [wire, connection] = [new FakeWire(), useConnection()];
  connection.start({ tab: "t", open: () => wire });
  connection.watch(place);
  wire.opens();
  wire.hears(welcome());
  wire.hears({ type: "snapshot", place, n: 1, version: 1, state: {} as never, crowds: [], settling: false });
  let n = 1;
  crowd = async (...people) => {
    wire.hears({ type: "crowd", place, n: (n += 1), crowds: [{ place, people, more: 0, lock: null }] });
    await nextTick();
    await nextTick();
  };
});
afterEach(() => useConnection().stop());

const line = () => mount(FloatingAlerts, { props: { ticket: 42 }, global: { plugins: [pinia, i18n] } });

test("the newest stands first, where nothing cuts it off", async () => {
  const shown = line();
  await crowd(who(2, "Hanna"));
  await crowd(who(2, "Hanna"), who(3, "Omid", "writing_reply"));
  expect(shown.findAll("span").map((one) => one.text())).toEqual(["Omid is writing a reply", "Hanna opened this ticket"]);
});

test("what is told already is not told again when more comes or some of it goes", async () => {
  const shown = line();
  await crowd(who(2, "Hanna"));
  const hannas = shown.get("span").element;
  await crowd(who(2, "Hanna"), who(3, "Omid"));
  const [omids, hannasStill] = shown.findAll("span").map(({ element }) => element);
  expect(hannasStill).toBe(hannas);
  useAlerts().dismiss(place, useAlerts().of(place)[0]?.id ?? 0);
  await nextTick();
  expect(shown.findAll("span").map(({ element }) => element)).toEqual([omids]);
  expect(shown.attributes("aria-atomic")).toBe("false");
});
