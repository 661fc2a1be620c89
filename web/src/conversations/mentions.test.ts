import { describe, expect, it } from "vitest";
import { begun, completed, matching, named, pieces } from "./mentions";

const people = [
  { id: 1, name: "Anna" },
  { id: 2, name: "Anna Lee" },
  { id: 3, name: "Зоя Ким" },
];

describe("a name that is being typed", () => {
  it("begins with an @ of its own", () => {
    expect(begun("Ask @An", 7)).toEqual({ from: 4, query: "An" });
    expect(begun("@", 1)).toEqual({ from: 0, query: "" });
    expect(begun("nora@mail", 9)).toBeNull();
    expect(begun("@ An", 4)).toBeNull();
    expect(begun("@An\nna", 6)).toBeNull();
    expect(begun("nothing", 7)).toBeNull();
    expect(begun("@An", 0)).toBeNull();
  });

  it("finds people by any part of their names", () => {
    expect(matching(people, "le").map(({ id }) => id)).toEqual([2]);
    expect(matching(people, "anna").map(({ id }) => id)).toEqual([1, 2]);
    expect(matching(people, "ким").map(({ id }) => id)).toEqual([3]);
    expect(matching(people, "anna lee ")).toEqual([]);
  });

  it("is put in place, with the caret behind it", () => {
    expect(completed("Ask @le or not", { from: 4, query: "le" }, "Anna Lee")).toEqual({ text: "Ask @Anna Lee or not", caret: 14 });
  });
});

describe("whom a note names", () => {
  it("takes the longer name first, and each once", () => {
    expect(named("@Anna Lee and @anna, @Anna Lee", people)).toEqual([2, 1]);
    expect(named("nora@anna.example, @Annabel, @Зоя Ким!", people)).toEqual([3]);
  });

  it("loses no letter", () => {
    const text = "@Anna: ask @Зоя Ким.";
    expect(pieces(text, people).map((one) => one.text).join("")).toBe(text);
    expect(pieces(text, people)[0]).toEqual({ text: "@Anna", id: 1 });
  });
});
