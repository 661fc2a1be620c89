import { afterAll, expect, test } from "vitest";
import { chooseLanguage } from "./i18n";
import { refusalWords } from "./refusals";

afterAll(() => chooseLanguage("en"));

test("what the server refuses is said in the reader's language", async () => {
  await chooseLanguage("de");
  expect(refusalWords("not-found")).toBe("Das gibt es hier nicht mehr, oder Sie dürfen es nicht sehen.");
  await chooseLanguage("ru");
  expect(refusalWords("not-found")).toBe("Этого здесь больше нет, или у вас нет доступа.");
});

test("in English, and of what only the server knows, its own words stand", async () => {
  await chooseLanguage("de");
  expect(refusalWords("bad-request")).toBe("");
  await chooseLanguage("en");
  expect(refusalWords("not-found")).toBe("");
});
