import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { expect, test, vi } from "vitest";
import { i18n } from "@/app/i18n";
import { useConnection } from "@/live/connection";
import { aRow } from "@/tickets/rows.testing";
import { useTickets } from "@/tickets/tickets";
import { useCrowds } from "@/together/crowds";
import { usePreparing } from "@/together/preparing";
import ReplyBox from "./ReplyBox.vue";

test("come again to a ticket, I am asked again about who prepares a reply there", () => {
  const pinia = createPinia();
  setActivePinia(pinia);
  useConnection().$patch({ state: "live" });
  useTickets().upsertTicket({ ...aRow(42), followers: [], unverified: [], versions: {} } as never);
  const bianca = { person: 2, name: "Bianca", doing: "writing_reply", since: "2026-11-22T10:00:00.000Z" };
  vi.spyOn(useCrowds(), "on").mockReturnValue([bianca as never]);
  const preparing = usePreparing();
  const box = mount(ReplyBox, { props: { ticket: 42, mode: "write", gone: false }, global: { plugins: [pinia, i18n], stubs: { OwnerPicker: true, RouterLink: true, KTooltip: true } } });
  preparing.goOn("ticket/42");
  expect(preparing.unasked("ticket/42")).toBeNull();
  box.unmount();
  expect(preparing.unasked("ticket/42")?.name).toBe("Bianca");
});
