import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { applies } from "./apply";
import { useConnection } from "./connection";
import type { Fact, Snapshot } from "./types";
import { FakeWire, heartbeat, welcome } from "./wire.testing";

const fact = (version: number): Fact => ({
  place: "ticket/1", version, position: version, kind: "subject_changed", by: null, at: "", data: {},
});
const snapshot = (n: number, version: number): Snapshot => ({
  type: "snapshot", place: "ticket/1", n, version, state: {} as never, crowds: [], settling: false,
});
const frame = (n: number, ...versions: number[]) =>
  ({ type: "facts", place: "ticket/1", n, facts: versions.map(fact) }) as const;

let wires: FakeWire[];
let heard: number[];
let undo: () => void;
const wire = () => wires.at(-1) as FakeWire;

beforeEach(() => {
  vi.useFakeTimers();
  setActivePinia(createPinia());
  wires = [];
  heard = [];
  undo = applies("subject_changed", ({ version }) => heard.push(version));
});
afterEach(() => {
  useConnection().stop();
  undo();
  vi.useRealTimers();
});

function started() {
  const connection = useConnection();
  connection.start({ tab: "t", open: () => wires[wires.push(new FakeWire()) - 1] as FakeWire });
  connection.watch("ticket/1");
  wire().opens();
  wire().hears(welcome());
  return connection;
}
function live() {
  const connection = started();
  wire().hears(snapshot(1, 4));
  return connection;
}

test("it says hello, watches, and is live with the first snapshot", () => {
  const connection = started();
  expect(wire().said[0]).toMatchObject({ type: "hello", tab: "t", resume: null });
  expect(wire().last("watch")).toEqual({ type: "watch", place: "ticket/1", known: false });
  expect(connection.state).toBe("catching-up");
  wire().hears(snapshot(1, 4));
  expect(connection.state).toBe("live");
  expect(connection.isCurrent("ticket/1")).toBe(true);
});

test("a ping is answered at once", () => {
  live();
  wire().hears({ type: "ping", n: 7 });
  expect(wire().last("pong")).toEqual({ type: "pong", n: 7 });
});

test("a place is watched once for two who want it, and left with the last", () => {
  const connection = live();
  connection.watch("ticket/1");
  expect(wire().said.filter((one) => one.type === "watch")).toHaveLength(1);
  connection.unwatch("ticket/1");
  expect(wire().last("unwatch")).toBeUndefined();
  connection.unwatch("ticket/1");
  expect(wire().last("unwatch")).toEqual({ type: "unwatch", place: "ticket/1" });
});

describe("a gap", () => {
  test("a missing number asks for a new snapshot, and nothing is applied until it is there", () => {
    const connection = live();
    wire().hears(frame(2, 5));
    wire().hears(frame(4, 7));
    expect(heard).toEqual([5]);
    expect(connection.state).toBe("catching-up");
    expect(connection.isCurrent("ticket/1")).toBe(false);
    expect(wire().last("watch")).toEqual({ type: "watch", place: "ticket/1", known: false });
    wire().hears(frame(5, 8));
    expect(heard).toEqual([5]);
    wire().hears(snapshot(1, 8));
    wire().hears(frame(2, 9));
    expect(heard).toEqual([5, 9]);
    expect(connection.state).toBe("live");
  });

  test("a frame that is heard twice is applied once", () => {
    live();
    wire().hears(frame(2, 5));
    wire().hears(frame(2, 5));
    expect(heard).toEqual([5]);
    expect(wire().said.filter((one) => one.type === "watch")).toHaveLength(1);
  });

  test("when the server says that it dropped something, the place is read anew", () => {
    const connection = live();
    wire().hears({ type: "behind", place: "ticket/1" });
    expect(connection.state).toBe("catching-up");
    expect(wire().said.filter((one) => one.type === "watch")).toHaveLength(2);
  });
});

describe("a cut", () => {
  test("offline, then back by itself with the last heartbeat's position", () => {
    const connection = live();
    wire().hears(heartbeat(20));
    wire().cut();
    expect(connection.state).toBe("offline");
    vi.advanceTimersByTime(1_000);
    expect(wires).toHaveLength(2);
    wire().opens();
    expect(connection.state).toBe("catching-up");
    expect(wire().last("hello")?.resume).toEqual({ epoch: "e1", position: 20, mark: 120 });
    wire().hears(welcome({ resumed: true }));
    expect(wire().last("watch")).toEqual({ type: "watch", place: "ticket/1", known: true });
    expect(connection.state).toBe("catching-up");
    wire().hears({
      type: "resumed", place: "ticket/1", n: 1, version: 6, facts: [fact(5), fact(6)], rows: [], gone: [], crowds: [],
      counts: null, settling: false,
    });
    expect(heard).toEqual([5, 6]);
    expect(connection.state).toBe("live");
  });

  test("where the server cannot resume, every place is read anew", () => {
    live();
    wire().cut();
    vi.advanceTimersByTime(1_000);
    wire().opens();
    wire().hears(welcome({ resumed: false, epoch: "e2" }));
    expect(wire().last("watch")).toEqual({ type: "watch", place: "ticket/1", known: false });
  });

  test("a desk that does not know my position has another history, whatever its epoch", () => {
    const connection = live();
    const before = connection.history;
    for (const [resumed, epoch, isSame] of [[true, "e1", true], [false, "e1", false], [false, "e2", false]] as const) {
      const known = connection.history;
      wire().cut();
      vi.advanceTimersByTime(1_000);
      wire().opens();
      wire().hears(welcome({ resumed, epoch }));
      wire().hears(snapshot(1, 1));
      expect(connection.history === known).toBe(isSame);
    }
    expect(before).not.toBeNull();
    connection.stop();
    expect(connection.history).toBeNull();
  });

  test("a heartbeat before all is caught up does not move the position to resume from", () => {
    live();
    wire().hears(heartbeat(20));
    wire().cut();
    vi.advanceTimersByTime(1_000);
    wire().opens();
    wire().hears(welcome({ resumed: true, position: 30, mark: 130 }));
    wire().hears(heartbeat(31));
    wire().cut();
    vi.advanceTimersByTime(2_000);
    wire().opens();
    expect(wire().last("hello")?.resume?.position).toBe(20);
  });

  test("silence for 12 s is a cut", () => {
    const connection = live();
    vi.advanceTimersByTime(15_000);
    expect(connection.state).not.toBe("live");
    expect(wires.length).toBeGreaterThan(1);
  });

  test("after signing out it does not come back", () => {
    live();
    wire().hears({ type: "bye", why: "signed-out" });
    wire().cut();
    vi.advanceTimersByTime(30_000);
    expect(wires).toHaveLength(1);
  });
});

test("a wire that never opens is told, one that is cut is not", () => {
  const connection = live();
  const told = vi.fn<() => void>();
  connection.onTurnedAway(told);
  wire().cut();
  expect(told).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  wire().cut();
  expect(told).toHaveBeenCalledOnce();
});

describe("here", () => {
  test("while writing it is said every 3 s, and lapses 10 s after the last key", () => {
    const connection = live();
    for (let key = 0; key < 40; key += 1) {
      connection.here("ticket/1", "writing_reply");
      vi.advanceTimersByTime(100);
      if (key % 20 === 0) wire().hears(heartbeat(20));
    }
    const said = wire().said.filter((one) => one.type === "here" && one.doing === "writing_reply");
    expect(said).toHaveLength(2);
    for (let beat = 0; beat < 3; beat += 1) {
      vi.advanceTimersByTime(4_000);
      wire().hears(heartbeat(20));
    }
    expect(wire().last("here")).toMatchObject({ place: "ticket/1", doing: "viewing" });
  });

  test("a hidden page says idle, and what it does again when it is seen", () => {
    const connection = live();
    connection.here("ticket/1", "viewing");
    connection.hide(true);
    expect(wire().last("here")?.doing).toBe("idle");
    connection.hide(false);
    expect(wire().last("here")).toMatchObject({ doing: "viewing", input: true });
  });

  test("after a reconnect it says again where I am", () => {
    const connection = live();
    connection.here("ticket/1", "viewing");
    wire().cut();
    vi.advanceTimersByTime(1_000);
    wire().opens();
    wire().hears(welcome({ resumed: true }));
    expect(wire().last("here")).toMatchObject({ place: "ticket/1", doing: "viewing" });
  });
});
