import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { expect, test } from "vitest";
import { i18n } from "@/app/i18n";
import { aRow } from "@/tickets/rows.testing";
import { useTickets } from "@/tickets/tickets";
import { useSaved } from "./saved";
import SavedList from "./SavedList.vue";

test("a saved reply takes the place of what asked for it, and the caret stands behind it", async () => {
  const pinia = createPinia();
  setActivePinia(pinia);
  useTickets().upsertTicket({ ...aRow(42), followers: [], versions: {} } as never);
  useSaved().install([{ id: 1, name: "Thanks", body: "Thank you, {customer}.", department: 1, version: 1 }], 1);
  const props = { ticket: 42, text: "Hello\n/tha\nBianca", caret: 10, off: false };
  const list = mount(SavedList, { props, global: { plugins: [pinia, i18n], stubs: ["RouterLink"] } });
  const press = (key: string) => list.vm.press(new KeyboardEvent("keydown", { key }));
  expect(list.findAll("[role=option]")).toHaveLength(1);
  expect(list.vm.active).toBe(list.get("[role=option]").attributes("id"));
  expect(press("Enter")).toBe(true);
  expect(list.emitted("put")).toEqual([["Hello\nThank you, Nora.\nBianca", 22]]);
  await list.setProps({ off: true });
  expect([list.findAll("[role=option]").length, list.vm.active, press("Enter")]).toEqual([0, undefined, false]);
});
