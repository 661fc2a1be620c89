import { expect, test } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import { closeLast, closesByBack } from "./back";

test("the way back closes what lies over the page, the last one first", async () => {
  const [menu, dialog] = [ref(true), ref(false)];
  const scope = effectScope();
  scope.run(() => {
    for (const one of [menu, dialog]) closesByBack(() => one.value, () => (one.value = false));
  });
  dialog.value = true;
  await nextTick();
  expect(closeLast()).toBe(true);
  expect([menu.value, dialog.value]).toEqual([true, false]);
  await nextTick();
  scope.stop();
  expect(closeLast()).toBe(false);
  expect(menu.value).toBe(true);
});
