import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { TooltipProvider } from "reka-ui";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { h, nextTick } from "vue";
import { i18n } from "@/app/i18n";
import * as api from "@/live/api";
import { forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Doing, Lock } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import LockBanner from "./LockBanner.vue";
import { useCrowds } from "./crowds";
import { useLocks } from "./locks";

const place = "ticket/42";
const since = "2026-11-22T10:00:00.000Z";
const [bianca, hanna] = [{ id: 1, name: "Bianca" }, { id: 2, name: "Hanna" }];
let pinia = createPinia();
let held: (by: typeof hanna | null, doing?: Doing) => Promise<void>;

beforeEach(() => {
  forgetAll();
  pinia = createPinia();
  setActivePinia(pinia);
  useSession().$patch({ me: { ...bianca } as never });
  useCrowds();
  const [wire, connection] = [new FakeWire(), useConnection()];
  connection.start({ tab: "t", open: () => wire });
  connection.watch(place);
  wire.opens();
  wire.hears(welcome());
  wire.hears({ type: "snapshot", place, n: 1, version: 1, state: {} as never, crowds: [], settling: false });
  let n = 1;
  held = async (by, doing = "viewing") => {
    const people = by ? [{ person: by.id, name: by.name, hue: by.id, doing, since }] : [];
    const lock = by ? ({ holder: by, fence: 3, since } as Lock) : null;
    wire.hears({ type: "crowd", place, n: (n += 1), crowds: [{ place, people, more: 0, lock }] });
    await nextTick();
  };
});
afterEach(() => {
  useConnection().stop();
  document.body.innerHTML = "";
});

const banner = (hasText = false) =>
  mount(
    { render: () => h(TooltipProvider, null, { default: () => h(LockBanner, { place, exclusive: true, mayForce: true, hasText }) }) },
    { global: { plugins: [pinia, i18n], stubs: { teleport: true } }, attachTo: document.body },
  );
const press = (on: ReturnType<typeof banner>, words: string) =>
  on.findAll("button").find((one) => one.text() === words || one.attributes("aria-label") === words)?.trigger("click");

test("only the words are announced, not the buttons beside them", async () => {
  await held(hanna);
  const told = banner().get("[role=status]");
  expect(told.text()).toContain("Hanna has it");
  expect(told.find("button").exists()).toBe(false);
});

test("who leaves it to the writer is back at the x, not nowhere", async () => {
  await held(hanna, "writing_reply");
  const shown = banner();
  await press(shown, "Take it over from Hanna");
  await nextTick();
  expect(document.activeElement?.textContent).toContain("Take it over");
  await press(shown, "Leave it");
  await nextTick();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Take it over from Hanna");
});

test("held by me in another window, it is not called free", async () => {
  const shown = banner();
  await held(null);
  expect(shown.text()).toContain("Nobody has this ticket");
  await held(bianca);
  expect(shown.text()).toContain("You have this ticket in another window");
});

test("nothing is said while it is being taken by opening it", async () => {
  let answer: (lock: unknown) => void = () => undefined;
  vi.spyOn(api, "send").mockReturnValue(new Promise((done) => (answer = done)));
  const shown = banner();
  await held(null);
  const taking = useLocks().take(place);
  await nextTick();
  expect(shown.text()).toBe("");
  answer({ holder: bianca, fence: 7 });
  await taking;
  await nextTick();
  expect(shown.text()).toBe("");
});

test.each([[true, true], [false, false]])("a text is called kept where there is one: %s", async (hasText, said) => {
  vi.spyOn(api, "send").mockResolvedValue({ holder: bianca, fence: 2 });
  await useLocks().take(place);
  await held(hanna);
  const shown = banner(hasText);
  expect(shown.text()).toContain("Hanna took over");
  expect(shown.text().includes("Your text is kept.")).toBe(said);
});
