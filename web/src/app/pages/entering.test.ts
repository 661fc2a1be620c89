import { expect, test } from "vitest";
import { innerPath } from "./entering";

test("after signing in one comes to the page that was asked for", () => {
  expect(innerPath("/ticket/42?x=1")).toBe("/ticket/42?x=1");
});

test("never to another site, and never back to a door", () => {
  for (const wish of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", undefined, ["/"]])
    expect(innerPath(wish)).toBe("/");
  for (const wish of ["/sign-in", "/setup?token=x", "/demo", "/reset/abc"]) expect(innerPath(wish)).toBe("/");
});
