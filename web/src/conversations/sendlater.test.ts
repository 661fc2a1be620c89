import { expect, test } from "vitest";
import { dayFrom, forField, hours, picked } from "./sendlater";

const at = (text: string) => new Date(text); // in the zone of whoever sits here
const told = (now: Date) => hours(now).map((hour) => `${hour.key} ${forField(hour.at)}`);

test("an hour from now, tomorrow and Monday morning, in local time", () => {
  expect(told(at("2026-11-25T14:20"))).toEqual(["hour 2026-11-25T15:20", "tomorrow 2026-11-26T09:00", "monday 2026-11-30T09:00"]);
});

test("on a Sunday tomorrow is Monday, and is offered once; on a Monday the next one is", () => {
  expect(told(at("2026-11-29T14:20"))).toEqual(["hour 2026-11-29T15:20", "tomorrow 2026-11-30T09:00"]);
  expect(told(at("2026-11-30T08:00")).at(-1)).toBe("monday 2026-12-07T09:00");
});

test("morning stays nine where the clocks change in between", () => {
  expect(told(at("2026-10-24T14:20"))[1]).toBe("tomorrow 2026-10-25T09:00");
});

test("names the day", () => {
  const now = at("2026-12-31T14:20");
  expect([at("2026-12-31T23:59"), at("2027-01-01T09:00"), at("2027-01-02T09:00")].map((one) => dayFrom(now, one))).toEqual(["today", "tomorrow", "on"]);
});

test("takes a moment of the coming year and no other", () => {
  const now = at("2026-11-25T14:20");
  expect(picked("2026-11-25T14:21", now)).toEqual(at("2026-11-25T14:21"));
  expect([picked("2026-11-25T14:20", now), picked("2028-01-01T09:00", now), picked("", now)]).toEqual([null, null, null]);
});
