// The one socket of this page: says hello, watches places, checks each stream for gaps, comes back by itself.
import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";
import { onResync, stateEpoch } from "./api";
import { applyFacts, forget, forgetAll, startOver } from "./apply";
import type { ClientMessage, Doing, Resume, ServerMessage } from "./types";

export type LiveState = "live" | "catching-up" | "offline";
type Here = { place: string | null; doing: Exclude<Doing, "left"> };
type Of<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;
/** What this file needs of a WebSocket; tests hand in their own. */
export type Wire = Pick<WebSocket, "send" | "close" | "readyState"> & {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: (() => void) | null;
};
type Start = { open?: () => Wire; tab?: string };

const silenceFor = 12_000;
const writingFor = 10_000;
const sayWritingEvery = 3_000;
const waitFor = 8_000;
const sayInputEvery = 60_000;
/** As long as a started server may still be collecting who is there. */
const settleFor = 6_000;

export const useConnection = defineStore("connection", () => {
  const state = ref<LiveState>("catching-up");
  const epoch = ref<string | null>(null);
  /** Another one: nothing that this page knew of the desk holds any more. Null while nobody is signed in. */
  const history = ref<string | null>(null);
  let histories = 0;
  const position = ref(0);
  const settling = ref(false);
  const everLive = ref(false);
  /** Places whose state is known to be whole and moving. */
  const current = reactive(new Set<string>());
  const isBehind = computed(() => state.value !== "live");

  const watched = new Map<string, number>();
  const streams = new Map<string, number>();
  const turnedAway = new Set<() => void>();
  const handlers = new Map<string, Set<(message: never) => void>>();
  /** Places that a reconnect or a gap still has to bring up to date. */
  const owed = new Set<string>();

  let openWire: () => Wire = browserWire;
  let wire: Wire | null = null;
  let tab = "";
  let mark: number | null = null;
  let skew = 0;
  let welcomed = false;
  let wanted = false;
  let tries = 0;
  let heardAt = 0;
  let settled: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setInterval> | undefined;
  let here: Here = { place: null, doing: "viewing" };
  let hidden = false;
  let wroteAt = 0;
  let saidWritingAt = 0;
  let saidInputAt = 0;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let lapse: ReturnType<typeof setTimeout> | undefined;

  function onMessage<T extends ServerMessage["type"]>(
    type: T,
    handler: (message: Of<T>) => void,
  ): () => void {
    const known = handlers.get(type) ?? new Set();
    handlers.set(type, known.add(handler as (message: never) => void));
    return () => known.delete(handler as (message: never) => void);
  }

  /** The wire could not even be opened: no network, no server, or nobody signed in (a browser does not tell). */
  function onTurnedAway(handler: () => void): () => void {
    turnedAway.add(handler);
    return () => turnedAway.delete(handler);
  }

  function start(options: Start = {}): void {
    if (wanted) return;
    openWire = options.open ?? browserWire;
    tab = options.tab ?? tab;
    wanted = true;
    tries = 0;
    open();
    watchdog ??= setInterval(listenForSilence, 2_000);
  }

  /** Signing out: closes the wire and forgets every place. */
  function stop(): void {
    wanted = false;
    clearTimeout(retry);
    clearInterval(watchdog);
    watchdog = undefined;
    drop();
    watched.clear();
    streams.clear();
    current.clear();
    owed.clear();
    forgetAll();
    epoch.value = null;
    history.value = null;
    stateEpoch(null);
    mark = null;
    state.value = "catching-up";
    everLive.value = false;
  }

  /** Leaves without forgetting (a frozen tab); `wake` comes back. */
  function pause(): void {
    if (wanted) lost(false);
  }
  /** Tries at once: the network is back, or the page is looked at again. */
  function wake(): void {
    if (!wanted) return;
    if (wire && Date.now() - heardAt < silenceFor) return;
    tries = 0;
    clearTimeout(retry);
    drop();
    open();
  }

  function watch(place: string): void {
    const count = watched.get(place) ?? 0;
    watched.set(place, count + 1);
    if (count === 0 && welcomed) say({ type: "watch", place, known: false });
  }

  function unwatch(place: string): void {
    const count = watched.get(place) ?? 0;
    if (count > 1) return void watched.set(place, count - 1);
    if (!watched.delete(place)) return;
    streams.delete(place);
    current.delete(place);
    forget(place);
    if (welcomed) say({ type: "unwatch", place });
    settleUp(place);
  }

  /** Where I am and what I do there. While writing, call it at each keystroke; it is sent every 3 s. */
  function stay(place: string | null, doing: Exclude<Doing, "left"> = "viewing"): void {
    const same = place === here.place && doing === here.doing;
    const writes = doing === "writing_reply" || doing === "writing_note";
    const now = Date.now();
    here = { place, doing };
    clearTimeout(lapse);
    if (writes) {
      wroteAt = now;
      lapse = setTimeout(() => stay(place, "viewing"), writingFor);
      if (same && now - saidWritingAt < sayWritingEvery) return;
      saidWritingAt = now;
    } else if (same) return;
    sayHere();
  }

  /** Somebody is at the keyboard. */
  function input(): void {
    const now = Date.now();
    if (now - saidInputAt < sayInputEvery) return;
    saidInputAt = now;
    sayHere(true);
  }

  function hide(isHidden: boolean): void {
    if (hidden === isHidden) return;
    hidden = isHidden;
    sayHere(!isHidden);
  }

  function sayHere(atKeyboard = false): void {
    if (!welcomed) return;
    const writes = here.doing.startsWith("writing") && Date.now() - wroteAt < writingFor;
    const doing = hidden && !writes ? "idle" : here.doing;
    say({ type: "here", place: here.place, doing, input: atKeyboard });
  }

  const isCurrent = (place: string): boolean => state.value === "live" && current.has(place);
  const serverNow = (): number => Date.now() + skew;

  function open(): void {
    clearTimeout(retry);
    welcomed = false;
    heardAt = Date.now();
    const mine = openWire();
    let isOpen = false;
    wire = mine;
    mine.onopen = () => {
      isOpen = true;
      heardAt = Date.now();
      if (everLive.value) state.value = "catching-up";
      say({ type: "hello", tab, nonce, resume: resumeAt() });
    };
    mine.onmessage = (event) => {
      if (wire !== mine) return;
      heardAt = Date.now();
      hear(JSON.parse(event.data) as ServerMessage);
    };
    mine.onclose = () => {
      if (wire !== mine) return;
      lost();
      if (!isOpen) for (const handler of turnedAway) handler();
    };
  }

  function resumeAt(): Resume | null {
    return epoch.value && mark !== null ? { epoch: epoch.value, position: position.value, mark } : null;
  }

  function lost(comeBack = true): void {
    drop();
    state.value = "offline";
    if (!wanted || !comeBack) return;
    const rest = Math.min(300 * 1.7 ** tries, 5_000);
    tries += 1;
    retry = setTimeout(open, rest * (0.6 + Math.random() * 0.8));
  }

  function drop(): void {
    clearTimeout(retry);
    const old = wire;
    wire = null;
    welcomed = false;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }

  function listenForSilence(): void {
    if (wire && Date.now() - heardAt > silenceFor) lost();
  }

  function say(message: ClientMessage): void {
    if (wire?.readyState === 1) wire.send(JSON.stringify(message));
  }

  function hear(message: ServerMessage): void {
    if (message.type === "ping") return say({ type: "pong", n: message.n });
    if (message.type === "welcome") welcome(message);
    if (message.type === "heartbeat") beat(message);
    if (message.type === "behind") again(message.place);
    if (message.type === "bye") bye(message.why);
    if (message.type === "gone") leave(message.place);
    if (message.type === "error" && message.place) leave(message.place);
    if ("n" in message) return hearStream(message);
    tell(message);
  }

  function hearStream(message: Extract<ServerMessage, { place: string; n: number }>): void {
    const { place, n, type } = message;
    if (!watched.has(place)) return;
    const whole = type === "snapshot" || type === "resumed";
    if (!whole) {
      const last = streams.get(place);
      if (last === undefined) return;
      if (n <= last) return;
      if (n > last + 1) return again(place);
    }
    streams.set(place, n);
    if (type === "snapshot") startOver(place, message.version, () => tell(message));
    else {
      if (type === "facts" || type === "resumed") applyFacts(message.facts, true);
      tell(message);
    }
    if (!whole) return;
    current.add(place);
    settleUp(place);
  }

  function welcome(message: Of<"welcome">): void {
    tries = 0;
    welcomed = true;
    settling.value = message.settling;
    clearTimeout(settled);
    if (message.settling) settled = setTimeout(() => (settling.value = false), settleFor);
    const resumes = message.resumed && epoch.value === message.epoch;
    if (!resumes) {
      position.value = message.position;
      mark = message.mark;
      forgetAll();
      histories += 1;
    }
    setEpoch(message.epoch);
    // A whole folder put back has the same epoch; that it does not know my position gives it away.
    history.value = `${message.epoch} ${histories}`;
    learnNow(message.now);
    owed.clear();
    for (const place of watched.keys()) {
      const known = resumes && streams.has(place);
      streams.delete(place);
      current.delete(place);
      owed.add(place);
      say({ type: "watch", place, known });
    }
    sayHere();
    settleUp(null);
    clearTimeout(patience);
    patience = setTimeout(giveUpWaiting, waitFor);
  }

  /** A place that the server refuses to name must not keep the rest from being live. */
  function giveUpWaiting(): void {
    if (!welcomed) return;
    owed.clear();
    settleUp(null);
  }

  function beat(message: Of<"heartbeat">): void {
    setEpoch(message.epoch);
    learnNow(message.now);
    // What was still owed is not covered by this position: a resume from it would skip those facts.
    if (owed.size > 0) return;
    position.value = message.position;
    mark = message.mark;
  }

  /** A frame is missing: only a new snapshot of that place can say what it held. */
  function again(place: string): void {
    if (!watched.has(place)) return;
    streams.delete(place);
    current.delete(place);
    owed.add(place);
    state.value = "catching-up";
    say({ type: "watch", place, known: false });
  }

  function leave(place: string): void {
    streams.delete(place);
    current.delete(place);
    settleUp(place);
  }

  function settleUp(place: string | null): void {
    if (place !== null) owed.delete(place);
    if (!welcomed || owed.size > 0) return;
    state.value = "live";
    everLive.value = true;
  }

  function bye(why: Of<"bye">["why"]): void {
    if (why === "signed-out") {
      wanted = false;
      lost(false);
    }
  }

  function setEpoch(now: string): void {
    epoch.value = now;
    stateEpoch(now);
  }
  function learnNow(now: string): void {
    const at = Date.parse(now);
    if (Number.isFinite(at)) skew = at - Date.now();
  }

  function tell(message: ServerMessage): void {
    for (const handler of handlers.get(message.type) ?? []) handler(message as never);
  }

  onResync(() => {
    if (!wanted) return;
    mark = null;
    lost();
  });

  return {
    state, epoch, history, position, settling, everLive, isBehind,
    start, stop, pause, wake, watch, unwatch, here: stay, input, hide, onMessage, onTurnedAway, isCurrent, serverNow,
  };
});

const nonce = crypto.randomUUID();

function browserWire(): Wire {
  const url = new URL("/api/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return new WebSocket(url) as unknown as Wire;
}
