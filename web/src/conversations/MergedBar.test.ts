import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { expect, test, vi } from "vitest";
import { createMemoryHistory, createRouter } from "vue-router";
import { i18n } from "@/app/i18n";
import * as api from "@/live/api";
import { aRow } from "@/tickets/rows.testing";
import { useTickets } from "@/tickets/tickets";
import { useDrafts } from "./drafts";
import MergedBar from "./MergedBar.vue";
import { useRecipients } from "./recipients";
import { useUploads } from "./uploads";

const file = (name: string) => new File(["hello"], name, { type: "text/plain" });

test("what was begun goes along: text, files, those on their way too, and whom it is for", async () => {
  const pinia = createPinia();
  setActivePinia(pinia);
  const [drafts, recipients, uploads] = [useDrafts(), useRecipients(), useUploads()];
  useTickets().upsertTicket({ ...aRow(42, { merged_into: 43 }), followers: [], versions: {} } as never);
  const later = Promise.withResolvers<{ id: number }>();
  vi.spyOn(api, "send").mockResolvedValueOnce({ id: 7 }).mockReturnValueOnce(later.promise as never);
  drafts.write(42, "reply", "Dear Nora");
  recipients.set(42, "to", ["repair@lamps.example"]);
  await uploads.upload(42, file("lamp.txt"));
  const going = uploads.upload(42, file("plan.txt"));

  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/", component: {} }, { path: "/ticket/:ticket", name: "ticket", component: {} }] });
  const bar = mount(MergedBar, { props: { ticket: 42 }, global: { plugins: [pinia, i18n, router] } });
  await bar.findAll("button").at(-1)?.trigger("click");
  expect([drafts.box(42, "reply").body, uploads.of(42), recipients.asked(42)]).toEqual(["", [], undefined]);
  expect(drafts.box(43, "reply").body).toBe("Dear Nora");
  expect(recipients.asked(43)?.to).toEqual(["repair@lamps.example"]);
  expect([uploads.of(43).map(({ name }) => name), uploads.isWhole(43)]).toEqual([["lamp.txt", "plan.txt"], false]);

  later.resolve({ id: 8 });
  await going;
  expect(uploads.ready(43).map(({ id }) => id)).toEqual([7, 8]);
});
