import { expect, test, vi } from "vitest";
import { nextTick, ref } from "vue";
import { useChoosing } from "./choosing";

const key = (name: string, more: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key: name, cancelable: true, ...more });
function list(...all: string[]) {
  const from = ref<number | null>(4);
  const found = ref(all);
  const take = vi.fn<(one: string) => void>();
  const choosing = useChoosing(() => (from.value === null ? null : { from: from.value }), () => found.value, take);
  return { from, shown: found, take, ...choosing };
}

test("arrows go round, Enter and Tab take, and such keys reach nothing else", () => {
  const { at, press, take } = list("Anna", "Hanna");
  for (const [name, now] of [["ArrowDown", 1], ["ArrowDown", 0], ["ArrowUp", 1]] as const) {
    const event = key(name);
    expect([press(event), event.defaultPrevented, at.value]).toEqual([true, true, now]);
  }
  expect([press(key("Enter")), press(key("Tab"))]).toEqual([true, true]);
  expect(take.mock.calls).toEqual([["Hanna"], ["Hanna"]]);
});

test("letters, shortcuts and what an input method does are the text's", () => {
  const { press, take } = list("Anna");
  for (const event of [key("a"), key("Enter", { ctrlKey: true }), key("ArrowDown", { altKey: true }), key("Enter", { metaKey: true }), key("Enter", { isComposing: true })])
    expect([press(event), event.defaultPrevented]).toEqual([false, false]);
  expect(take).not.toHaveBeenCalled();
});

test("waved aside it stays away until it is asked for elsewhere, or anew", async () => {
  const { found, from, press } = list("Anna");
  expect(press(key("Escape"))).toBe(true);
  expect(found.value).toEqual([]);
  expect(press(key("Enter"))).toBe(false);
  from.value = null;
  await nextTick();
  from.value = 4;
  expect(found.value).toEqual(["Anna"]);
});

test("what is found anew is chosen from the first on", async () => {
  const { at, press, shown } = list("Anna", "Hanna");
  press(key("ArrowDown"));
  shown.value = ["Anna", "Hans"];
  await nextTick();
  expect(at.value).toBe(0);
});
