import { expect, test } from "vitest";
import { Problem } from "@/live/api";
import { fieldWords, problemWords } from "./problems";

const t = (key: string, values?: Record<string, unknown>) => `${key}${values ? JSON.stringify(values) : ""}`;

test("a known refusal has words of its own", () => {
  expect(problemWords(new Problem("offline", "", "", 0), t)).toBe("people.problem.offline");
});

test("too many attempts says how long to wait", () => {
  expect(problemWords(new Problem("too-many", "", "", 429, { retry_after: 41.2 }), t)).toContain('"seconds":42');
});

test("what the desk cannot use is said in its words, and by field", () => {
  const problem = new Problem("bad-request", "Bad", "", 422, { errors: [{ field: "name", message: "Too long." }] });
  expect(problemWords(problem, t)).toContain("Too long.");
  expect(fieldWords(problem, t)).toEqual({ name: "Too long." });
});

test("a sentence that forms meet is told in the reader's language", () => {
  const errors = [{ field: "name", message: "There is a department of that name." }];
  expect(fieldWords(new Problem("bad-request", "Bad", "", 422, { errors }), t)).toEqual({ name: "people.fault.nameTaken" });
});

test("an unknown refusal shows the server's words, and a fault of the page is no refusal", () => {
  expect(problemWords(new Problem("odd", "Odd", "Very odd", 418), t)).toContain("Very odd");
  expect(() => problemWords(new TypeError("page"), t)).toThrow("page");
});
