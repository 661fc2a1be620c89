import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { expect, test } from "vitest";
import { i18n } from "@/app/i18n";
import GoneNotice from "./GoneNotice.vue";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

test.each([
  ["erased", "here to copy."],
  ["moved", "here, and under “Held replies”."],
  ["rights", "here, and under “Held replies”."],
] as const)("of a ticket that is %s it says where the text is found", (why, where) => {
  const pinia = createPinia();
  setActivePinia(pinia);
  const tickets = useTickets();
  tickets.upsertTicket({ ...aRow(42), followers: [], versions: {} } as never);
  tickets.left.set(42, { why, by: null });
  const notice = mount(GoneNotice, { props: { ticket: 42, hasText: true }, global: { plugins: [pinia, i18n] } });
  expect(notice.get("p").text().endsWith(where)).toBe(true);
});
