import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { useNewTicket } from "./newticket";

beforeEach(() => {
  setActivePinia(createPinia());
  const { form } = useNewTicket();
  useNewTicket().kind = "customer";
  Object.assign(form, { email: "nora@example.org", name: "Nora", subject: "Lamp", body: "It is broken.", inbox: 1 });
});

test("a made ticket empties the form for the next", async () => {
  vi.spyOn(api, "send").mockResolvedValue({ id: 43, version: 1, labels: [], label_ids: [] });
  const draft = useNewTicket();
  expect(await draft.make()).toBe(43);
  expect(draft.form).toMatchObject({ email: "", subject: "", body: "", inbox: 1 });
});

test("a refusal stands at its field and every word stays", async () => {
  const errors = [{ field: "requester.email", message: "That is no address." }];
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("bad-request", "", "", 422, { errors }));
  const draft = useNewTicket();
  expect(await draft.make()).toBeNull();
  expect(draft.wrong.email).toBe("That is no address.");
  expect(draft.form.body).toBe("It is broken.");
});

test("without an answer the next try is the same ticket", async () => {
  const send = vi.spyOn(api, "send").mockRejectedValue(new api.Problem("offline", "No connection", "", 0));
  const draft = useNewTicket();
  await draft.make();
  await draft.make();
  expect(send.mock.calls[1]?.[3]).toEqual(send.mock.calls[0]?.[3]);
});

test("a call needs a number or an address, a mail a mailbox to leave by", () => {
  const draft = useNewTicket();
  draft.kind = "phone";
  Object.assign(draft.form, { email: "", phone: "" });
  expect(draft.isFull).toBe(false);
  draft.form.phone = "030 1234";
  expect(draft.isFull).toBe(true);
  draft.kind = "mail";
  draft.form.email = "nora@example.org";
  expect([draft.hasNoMailbox, draft.isFull]).toEqual([true, false]);
});
