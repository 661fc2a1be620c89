import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nextTick } from "vue";
import { i18n } from "@/app/i18n";
import { forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Doing, Person } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useCrowds } from "@/together/crowds";
import Colleagues from "./Colleagues.vue";
import { usePeople } from "./people";
import { useSession } from "./session";

const place = "ticket/42";
let pinia = createPinia();
let wire: FakeWire;

beforeEach(() => {
  forgetAll();
  pinia = createPinia();
  setActivePinia(pinia);
  useSession().$patch({ me: { id: 1 } as never });
  useCrowds();
  usePeople().learn([{ id: 2, name: "Hanna", hue: 2, role: "agent", disabled: false, departments: [1], version: 1 } as unknown as Person]);
  const connection = useConnection();
  wire = new FakeWire();
  connection.start({ tab: "t", open: () => wire });
  connection.watch(place);
  wire.opens();
  wire.hears(welcome());
  wire.hears({ type: "snapshot", place, n: 1, version: 1, state: {} as never, crowds: [], settling: false });
});
afterEach(() => useConnection().stop());

test.each<[Doing, string]>([
  ["viewing", "#42"], ["writing_reply", "#42, writing"], ["idle", "#42, idle"], ["left", "away"],
])("what she does stands beside her name in words: %s", async (doing, words) => {
  const people = [{ person: 2, name: "Hanna", hue: 2, doing, since: "2026-11-22T10:00:00.000Z" }];
  wire.hears({ type: "crowd", place, n: 2, crowds: [{ place, people, more: 0, lock: null }] });
  await nextTick();
  const shown = mount(Colleagues, { props: { nameOf: () => "" }, global: { plugins: [pinia, i18n] } });
  expect(shown.get("li .numbers").text()).toBe(words);
});
