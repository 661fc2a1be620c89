// Whatever the order in which answers, frames and states come: at rest the row is what the server has.
import { expect, test } from "vitest";
import { random } from "@/live/random.testing";
import type { Fact, Row } from "@/live/types";
import { aRow } from "./rows.testing";
import { Known } from "./known";

type History = { facts: Fact[]; states: Row[] };
const fields = ["subject", "status", "priority", "owner"] as const;
const names = ["red", "green", "blue"];

/** A desk where every version changes one thing; states[v] is the row as of v. */
function history(length: number, next: () => number): History {
  const states = [{ ...aRow(1), version: 0, labels: [] as string[], label_ids: [] as number[] }];
  const facts: Fact[] = [];
  for (let version = 1; version <= length; version += 1) {
    const before = states[version - 1] as Row;
    const fact = step(version, before, next);
    facts.push(fact);
    states.push(after(before, fact));
  }
  return { facts, states };
}

function step(version: number, before: Row, next: () => number): Fact {
  const fact = { place: "ticket/1", version, position: version, by: null, at: `2026-11-22T02:40:${10 + version}.000Z` };
  if (next() < 0.4) {
    const name = names[Math.floor(next() * names.length)] as string;
    const kind = before.labels.includes(name) ? "label_removed" : "label_added";
    return { ...fact, kind, data: { label: { id: names.indexOf(name), name } } };
  }
  const field = fields[Math.floor(next() * fields.length)] as string;
  const more = next() < 0.3 ? { head: version } : {};
  return { ...fact, kind: "field_changed", data: { set: { [field]: `v${version}`, ...more } } };
}

function after(before: Row, fact: Fact): Row {
  const { label, set } = fact.data;
  const others = before.labels.filter((name) => name !== label?.name);
  const labels = label && fact.kind === "label_added" ? [...others, label.name].toSorted() : others;
  const label_ids = labels.map((name) => names.indexOf(name));
  return { ...before, ...set, labels, label_ids, changed_at: fact.at, version: fact.version } as Row;
}

test.each(Array.from({ length: 300 }, (_, seed) => [seed]))("random interleaving, seed %i", (seed) => {
  const next = random(seed);
  const { facts, states } = history(12, next);
  const known = new Known<Row>();
  const start = Math.floor(next() * 4);
  known.begin({ ...(states[start] as Row) });
  const heard: (() => unknown)[] = facts.slice(start).map((fact) => () => known.apply(fact));
  for (let extra = 0; extra < 5; extra += 1) {
    const at = Math.floor(next() * states.length);
    heard.push(() => known.merge({ ...(states[at] as Row) }));
    const again = facts[Math.floor(next() * facts.length)] as Fact;
    heard.push(() => known.apply(again));
  }
  for (const hear of shuffle(heard, next)) hear();
  expect(known.value).toEqual(states.at(-1));
});

test.each(Array.from({ length: 200 }, (_, seed) => [seed]))("facts lost, the last state heard, seed %i", (seed) => {
  const next = random(seed + 10_000);
  const { facts, states } = history(12, next);
  const known = new Known<Row>();
  known.begin({ ...(states[0] as Row) });
  const heard: (() => unknown)[] = facts.filter(() => next() < 0.5).map((fact) => () => known.apply(fact));
  heard.push(() => known.merge({ ...(states[12] as Row) }));
  for (const hear of shuffle(heard, next)) hear();
  expect(known.value).toEqual(states.at(-1));
});

const labels = (value: Row | null) => value?.labels;

test("a label is called what it is called now, whatever the version of the row", () => {
  const now = new Map([[1, "light"], [2, "light"]]);
  const naming = (worn: Map<number, string>) =>
    new Map([...worn].flatMap(([id, name]) => (id === 3 ? [] : [[id === 1 ? 2 : id, now.get(id) ?? name] as const])));
  const known = new Known<Row>(naming);
  known.begin(aRow(1, { labels: ["lamp", "bulb", "spam", "new"], label_ids: [1, 2, 3, 4] }));
  expect(labels(known.value)).toEqual(["light", "new"]);
  const off = { place: "ticket/1", position: 1, by: null, at: "2026-11-22T02:40:10.000Z", version: 2 };
  known.apply({ ...off, kind: "label_removed", data: { label: { id: 2, name: "light" }, ids: [2, 1] } });
  expect(labels(known.value)).toEqual(["new"]);
});

test("a label that was taken off before another was merged into it leaves the other one", () => {
  const merged = new Map<number, number>();
  const known = new Known<Row>((worn) => new Map([...worn].map(([id, name]) => [merged.get(id) ?? id, name])));
  known.begin(aRow(1, { labels: ["bulb", "lamp"], label_ids: [5, 3] }));
  const off = { place: "ticket/1", position: 1, by: null, at: "2026-11-22T02:40:10.000Z", version: 2 };
  merged.set(3, 5);
  known.apply({ ...off, kind: "label_removed", data: { label: { id: 5, name: "bulb" }, ids: [5] } });
  expect(known.value?.label_ids).toEqual([5]);
});

function shuffle<T>(list: T[], next: () => number): T[] {
  return list
    .map((one) => [next(), one] as const)
    .toSorted((a, b) => a[0] - b[0])
    .map(([, one]) => one);
}
