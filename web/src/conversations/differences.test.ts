import { expect, test } from "vitest";
import { sameWords, share } from "./differences";

const same = (mine: string, ...others: string[]) =>
  sameWords(mine, others).filter((piece) => piece.same).map((piece) => piece.text);

test("marks runs of words that stand in theirs, whatever the case and the marks between", () => {
  expect(same("Hello, please change the fuse. Then call.", "Please  change THE fuse, thank you")).toEqual(["please change the fuse"]);
});

test("a word or two are chance", () => {
  expect(same("I change the bulb", "You change the fuse")).toEqual([]);
});

test("a short text is compared as a whole", () => {
  expect(same("Thank you", "Many thanks. Thank you.")).toEqual(["Thank you"]);
  expect(same("Thank you", "Thank them and you")).toEqual([]);
});

test("the pieces are the whole text, in any language", () => {
  const mine = "Пожалуйста, замените предохранитель! И лампу.\n请更换灯泡。";
  const pieces = sameWords(mine, ["Здравствуйте. Пожалуйста, замените предохранитель.", "请更换灯泡吧"]);
  expect(pieces.map((piece) => piece.text).join("")).toBe(mine);
  expect(pieces.filter((piece) => piece.same).map((piece) => piece.text)).toEqual(["Пожалуйста, замените предохранитель", "请更换灯泡"]);
});

test("says how much of mine is theirs", () => {
  expect(share(sameWords("one two three four", ["one two three"]))).toBe(0.75);
  expect(share(sameWords("", ["one two three"]))).toBe(0);
});

test("a long text is compared in no time", () => {
  const long = Array.from({ length: 30_000 }, (_, at) => `word${at % 7000}`).join(" ");
  const began = performance.now();
  sameWords(long, [long]);
  expect(performance.now() - began).toBeLessThan(1_500);
});
