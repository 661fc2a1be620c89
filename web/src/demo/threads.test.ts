import { expect, test } from "vitest";
import { addressOf, nameOf, replySubject, threads, visiblePart, type Mail } from "./threads";

const nora = "nora@customer.example";
let clock = 0;
const mail = (id: number, values: Partial<Mail>): Mail => ({
  id,
  from: `Nora Ellis <${nora}>`,
  to: "support@desk.example",
  subject: "My lamp",
  text: "",
  at: `2026-11-22T08:00:${String((clock += 1)).padStart(2, "0")}.000Z`,
  message_id: `<${id}@x>`,
  in_reply_to: null,
  ...values,
});

test("an answer of the desk stands in its thread, by the id it answers", () => {
  const first = mail(1, {});
  const answer = mail(2, { from: "Support <support@desk.example>", to: nora, in_reply_to: "<1@x>" });
  const again = mail(3, { in_reply_to: "2@x" });
  const found = threads([again, answer, first], nora);
  expect(found).toHaveLength(1);
  expect(found[0]?.mails.map((one) => one.id)).toEqual([1, 2, 3]);
  expect(found[0]?.other).toBe("Support <support@desk.example>");
  expect(found[0]?.key).toBe("<1@x>");
});

test("the same subject alone is no thread", () => {
  expect(threads([mail(1, {}), mail(2, {})], nora)).toHaveLength(2);
});

test("the newest thread comes first", () => {
  const found = threads([mail(1, {}), mail(2, { subject: "Other" }), mail(3, { in_reply_to: "<1@x>" })], nora);
  expect(found.map((one) => one.subject)).toEqual(["My lamp", "Other"]);
});

test("an answer whose first mail is unknown begins its own", () => {
  expect(threads([mail(2, { in_reply_to: "<gone@x>" })], nora)).toHaveLength(1);
});

test("names and addresses of a header field", () => {
  expect(addressOf('"Nora, Ellis" <Nora@Customer.example>')).toBe(nora);
  expect(addressOf(nora)).toBe(nora);
  expect(nameOf('"Nora Ellis" <nora@customer.example>')).toBe("Nora Ellis");
  expect(nameOf(nora)).toBe(nora);
});

test("Re: is put once", () => {
  expect(replySubject("My lamp")).toBe("Re: My lamp");
  expect(replySubject("AW: Lampe")).toBe("AW: Lampe");
});

test("the quoted rest is folded with the line that leads it in", () => {
  expect(visiblePart("Thank you.\n\nOn Sunday Nora wrote:\n> My lamp\n> is dark\n")).toEqual({
    shown: "Thank you.",
    quoted: "On Sunday Nora wrote:\n> My lamp\n> is dark",
  });
  expect(visiblePart("> only a quote")).toEqual({ shown: "> only a quote", quoted: "" });
  expect(visiblePart("no quote")).toEqual({ shown: "no quote", quoted: "" });
});
