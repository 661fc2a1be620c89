// Every word in every language, and none that nobody says.
import { expect, test } from "vitest";
import { languages } from "./i18n";

type Tree = { [key: string]: string | Tree };
const files = import.meta.glob<Tree>("/src/*/words/*.json", { eager: true, import: "default" });
const sources = Object.values(
  import.meta.glob<string>(["/src/**/*.vue", "/src/**/*.ts", "!/src/**/*.test.ts"], { eager: true, query: "?raw", import: "default" }),
).join("\n");

const flat = (tree: Tree, path: string): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [`${path}.${key}`] : flat(value, `${path}.${key}`));
const texts = (tree: Tree): string[] =>
  Object.values(tree).flatMap((value) => (typeof value === "string" ? [value] : texts(value)));
const districts = [...new Set(Object.keys(files).map((path) => path.split("/")[2] as string))];
const wordsOf = (district: string, language: string): Tree => files[`/src/${district}/words/${language}.json`] ?? {};
const names = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted();

test.each(districts)("%s says the same in every language", (district) => {
  const english = flat(wordsOf(district, "en"), district).toSorted();
  for (const { key } of languages) expect([key, ...flat(wordsOf(district, key), district).toSorted()]).toEqual([key, ...english]);
});

test.each(districts)("%s leaves no word empty, and names the same values in every language", (district) => {
  const english = texts(wordsOf(district, "en"));
  for (const { key } of languages) {
    const told = texts(ordered(wordsOf(district, key), wordsOf(district, "en")));
    told.forEach((text, at) => {
      expect(text.trim()).not.toBe("");
      expect([key, english[at], ...names(text)]).toEqual([key, english[at], ...names(english[at] ?? "")]);
    });
  }
});

test.each(districts)("%s has no half-width mark beside Chinese", (district) => {
  const beside = /[\u4e00-\u9fff}][,;?!]|[\u4e00-\u9fff]:|[,;:?!][\u4e00-\u9fff]/;
  expect(texts(wordsOf(district, "zh")).filter((text) => beside.test(text))).toEqual([]);
});

test.each(districts)("%s keeps no word that nothing says", (district) => {
  const parts = [...sources.matchAll(new RegExp(`[\`"'](${district}\\.[\\w.-]*(?:\\$\\{[^}]*\\}[\\w.-]*)*)`, "g"))];
  const said = parts.map(([, key]) => new RegExp(`^${(key ?? "").replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/g, "[^.]+")}$`));
  const unused = flat(wordsOf(district, "en"), district).filter((key) => !said.some((pattern) => pattern.test(key)));
  expect(unused).toEqual([]);
});

const [generated = ""] = Object.values(
  import.meta.glob<string>("/src/live/generated.ts", { eager: true, query: "?raw", import: "default" }),
);
/** What the server may say for a word, and where its words stand. */
const said: [shape: string, key: string, words: string, but?: string[]][] = [
  ["Held", "reason", "conversations.held", ["unseen"]],
  ["Awaiting", "reason", "conversations.held.waiting.why"],
  ["Stray", "why", "conversations.stray"],
];
test.each(said)("each %s.%s has its words under %s", (shape, key, words, but = []) => {
  const [, body] = generated.split(`\n        ${shape}: {`);
  const [, values] = new RegExp(`\\n            ${key}: ("[^;]+);`).exec(body ?? "") ?? [];
  const known = new Set(flat(wordsOf("conversations", "en"), "conversations"));
  const wanted = (values ?? "nothing").split(" | ").map((value) => JSON.parse(value) as string);
  expect(wanted.filter((value) => !but.includes(value) && !known.has(`${words}.${value}`))).toEqual([]);
});

test.each(districts)("%s is never asked for a word that it does not have", (district) => {
  const known = new Set(flat(wordsOf(district, "en"), district));
  const asked = [...sources.matchAll(new RegExp(`\\b(?:t|say|sayCount|\\$t)\\(\\s*["'](${district}\\.[\\w.-]+)["']`, "g"))];
  expect(asked.map(([, key]) => key as string).filter((key) => !known.has(key))).toEqual([]);
});

function ordered(tree: Tree, as: Tree): Tree {
  return Object.fromEntries(
    Object.entries(as).map(([key, value]) => {
      const mine = tree[key] ?? "";
      return [key, typeof value === "string" || typeof mine === "string" ? mine : ordered(mine, value)];
    }),
  );
}
