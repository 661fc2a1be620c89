import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { useConnection } from "@/live/connection";
import { FakeWire, welcome } from "@/live/wire.testing";
import { mindMissingParts, useVersion } from "./version";

const own = ["/assets/vue-1.js", "/assets/desk-1.js"];
let wire: FakeWire;
let served: string | null;

beforeEach(() => {
  setActivePinia(createPinia());
  served = "/assets/desk-1.js";
  vi.stubGlobal("fetch", async () => {
    if (served === null) throw new TypeError("Failed to fetch");
    return new Response(`<script type="module" src="/assets/vue-1.js"></script><script type="module" crossorigin src="${served}"></script>`);
  });
});

function connected(scripts = own) {
  const version = useVersion();
  version.isFrom(scripts);
  wire = new FakeWire();
  useConnection().start({ open: () => wire, tab: "t" });
  wire.opens();
  return version;
}

test("a desk with another page is told, and no more once its own answers again", () => {
  const version = connected();
  wire.hears(welcome({ page: "/assets/desk-1.js" }));
  expect(version.isOld).toBe(false);
  wire.hears(welcome({ page: "/assets/desk-2.js" }));
  expect(version.isOld).toBe(true);
  wire.hears(welcome({ page: "/assets/desk-1.js" }));
  expect(version.isOld).toBe(false);
});

test("a page that is being worked on, and a server without one, are of no version", () => {
  const version = connected(["/src/app/main.ts"]);
  wire.hears(welcome({ page: "/assets/desk-2.js" }));
  expect(version.isOld).toBe(false);
  version.isFrom(own);
  wire.hears(welcome({ page: "" }));
  expect(version.isOld).toBe(false);
});

async function goesToMissingPart(): Promise<string[]> {
  const loaded: string[] = [];
  const failed: ((error: Error, to: { fullPath: string }) => Promise<void>)[] = [];
  mindMissingParts({ onError: (handler: never) => failed.push(handler) } as never, (path) => void loaded.push(path));
  const lost = new TypeError("Failed to fetch dynamically imported module");
  window.dispatchEvent(Object.assign(new Event("vite:preloadError"), { payload: lost }));
  await failed[0]?.(lost, { fullPath: "/settings" });
  await failed[0]?.(new Error("another one"), { fullPath: "/held" });
  return loaded;
}

test("who goes to a part that no server has any more is taken there by a full load", async () => {
  connected();
  served = "/assets/desk-2.js";
  expect(await goesToMissingPart()).toEqual(["/settings"]);
});

test("where only the network failed, the page stays as it is", async () => {
  const version = connected();
  expect(await goesToMissingPart()).toEqual([]);
  served = null;
  expect(await goesToMissingPart()).toEqual([]);
  expect(version.isOld).toBe(false);
});
