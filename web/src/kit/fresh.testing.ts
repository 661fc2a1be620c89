// All test files share one page, which takes a quarter of the time of a page for each: here each gets it as good as new.
import { afterAll, vi } from "vitest";

// What earlier files left (stores, appliers, watchers) hangs on their own copies of the modules, which no one calls.
vi.resetModules();
vi.useRealTimers();
localStorage.clear();
sessionStorage.clear();
document.body.replaceChildren();

// Channels alone reach from one file to the next.
const channels = new Set<BroadcastChannel>();
const Channel = globalThis.BroadcastChannel;
globalThis.BroadcastChannel = class extends Channel {
  constructor(name: string) {
    super(name);
    channels.add(this);
  }
};
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  for (const one of channels) one.close();
  globalThis.BroadcastChannel = Channel;
});
