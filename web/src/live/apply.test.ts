import { beforeEach, describe, expect, test } from "vitest";
import { applies, applyFacts, Clock, forgetAll, startOver } from "./apply";
import type { Fact } from "./types";

const fact = (version: number, kind = "thing_changed"): Fact => ({
  place: "ticket/1", version, position: version, kind, by: null, at: "2026-11-22T02:40:00.000Z", data: {},
});

describe("facts", () => {
  let heard: number[] = [];
  beforeEach(() => {
    forgetAll();
    heard = [];
    return applies("thing_changed", ({ version }) => heard.push(version));
  });

  test("a fact in an answer and in the stream is applied once", () => {
    applyFacts([fact(1)]);
    applyFacts([fact(1)], true);
    expect(heard).toEqual([1]);
  });

  test("an answer that overtakes the stream does not hide what the stream still brings", () => {
    applyFacts([fact(3)]);
    applyFacts([fact(2), fact(3)], true);
    applyFacts([fact(2)]);
    expect(heard).toEqual([3, 2]);
  });

  test("an answer that comes after the stream has passed it changes nothing", () => {
    applyFacts([fact(2)], true);
    applyFacts([fact(1)]);
    expect(heard).toEqual([2]);
  });

  test("on a snapshot that is older than an answer, the answer's fact is put on top again", () => {
    applyFacts([fact(5)]);
    startOver("ticket/1", 4, () => heard.push(0));
    expect(heard).toEqual([5, 0, 5]);
    startOver("ticket/1", 5, () => heard.push(0));
    expect(heard).toEqual([5, 0, 5, 0]);
  });
});

describe("clock", () => {
  test("each value keeps the newest that set it", () => {
    const clock = new Clock();
    const target: Record<string, unknown> = {};
    clock.merge(target, { status: "open", subject: "a" }, 1);
    clock.set(target, { status: "closed" }, 3);
    clock.set(target, { status: "open", subject: "b" }, 2);
    expect(target).toEqual({ status: "closed", subject: "b" });
  });

  test("a state from between two facts wins over the older one alone", () => {
    const clock = new Clock();
    const target: Record<string, unknown> = {};
    clock.merge(target, { status: "open", subject: "a" }, 1);
    clock.set(target, { status: "closed" }, 4);
    clock.set(target, { subject: "b" }, 2);
    expect(clock.merge(target, { status: "open", subject: "c" }, 3)).toBe(true);
    expect(target).toEqual({ status: "closed", subject: "c" });
    expect(clock.merge(target, { status: "open", subject: "a" }, 2)).toBe(false);
  });
});
