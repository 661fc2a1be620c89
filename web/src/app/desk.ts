// Opens the desk for who is signed in: one request, then the socket keeps everything current.
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { get } from "@/live/api";
import { useAwaiting } from "@/conversations/awaiting";
import { useHeld } from "@/conversations/held";
import { useSaved } from "@/conversations/saved";
import { useScheduled } from "@/conversations/scheduled";
import { useUndelivered } from "@/conversations/undelivered";
import { useConnection } from "@/live/connection";
import { useQueue } from "@/live/queue";
import type { Desk } from "@/live/types";
import { useNotices } from "@/notify/notices";
import { usePeople } from "@/people/people";
import { useSession } from "@/people/session";
import { useChanges } from "@/tickets/changes";
import { useCounts } from "@/tickets/counts";
import { useFolders } from "@/tickets/folders";
import { useInboxes } from "@/tickets/inboxes";
import { useLists } from "@/tickets/lists";
import { useTickets } from "@/tickets/tickets";
import { useCrowds } from "@/together/crowds";
import { chooseLanguage, language } from "./i18n";
import { chooseTheme } from "./theme";

export const useDesk = defineStore("desk", () => {
  const session = useSession();
  const connection = useConnection();
  const people = usePeople();
  const inboxes = useInboxes();
  const counts = useCounts();
  const queue = useQueue();
  const folders = useFolders();
  const told = [people, inboxes, folders, counts];
  const hers = [useHeld(), useAwaiting(), useScheduled(), useSaved(), useUndelivered(), useNotices()];
  const streamed = [useTickets(), useLists(), useCrowds(), ...hers];

  const version = ref("");
  const demo = ref(false);
  const url = ref("");
  const isReady = ref(false);
  const watched = new Set<string>();
  let epoch = "";
  let history: string | null = null;

  /** Throws Problem "signed-out" where nobody is signed in. */
  async function load(): Promise<void> {
    const desk = await get<Desk>("/api/desk");
    if (session.me && session.me.id !== desk.me.id) leave();
    learn(desk);
    connection.start({ tab: tabId() });
    isReady.value = true;
    await choose(desk);
  }

  function learn(desk: Desk): void {
    epoch = desk.epoch;
    history = connection.history;
    version.value = desk.version;
    demo.value = desk.demo;
    url.value = desk.url;
    session.enter(desk.me);
    people.learn(desk.people);
    people.learnDepartments(desk.departments);
    inboxes.learn(desk);
    folders.learn(desk.folders);
    for (const one of desk.counts) counts.learn(one);
    void takeUp(desk.me.id);
    watchOnly([
      `person/${desk.me.id}`,
      ...desk.departments.map(({ id }) => `department/${id}`),
      ...(desk.me.role === "agent" ? [] : desk.departments.map(({ id }) => `managers/${id}`)),
      ...desk.inboxes.map(({ id }) => `inbox/${id}`),
    ]);
  }

  /** What she left waiting in this browser goes on, with those at hand who take its outcome. */
  async function takeUp(me: number): Promise<void> {
    useChanges();
    await queue.open(me);
    if (queue.items.some(({ kind }) => kind === "reply" || kind === "note"))
      (await import("@/conversations/replies")).useReplies();
  }

  function watchOnly(places: string[]): void {
    for (const place of places)
      if (!watched.has(place)) {
        watched.add(place);
        connection.watch(place);
      }
    for (const place of watched)
      if (!places.includes(place)) {
        watched.delete(place);
        connection.unwatch(place);
      }
  }

  async function choose({ me }: Desk): Promise<void> {
    chooseTheme(me.theme);
    if (me.language && me.language !== language()) await chooseLanguage(me.language);
  }

  /** Forgets everything that was this person's. */
  function leave(): void {
    connection.stop();
    queue.close();
    for (const room of [...told, ...streamed]) room.forgetAll();
    watched.clear();
    isReady.value = false;
  }

  /** What I may see has changed, or the desk's data is another one: everything is read anew. */
  async function reload(): Promise<void> {
    const desk = await get<Desk>("/api/desk");
    for (const room of told) room.forgetAll();
    learn(desk);
  }

  connection.onMessage("welcome", (message) => {
    const isOther = message.epoch !== epoch || connection.history !== (history ??= connection.history);
    if (!isReady.value || !isOther) return;
    // At once, for the snapshots that follow are of the new life.
    for (const room of streamed) room.forgetAll();
    void reload().catch(() => undefined);
  });
  connection.onMessage("rights", ({ me }) => session.enter(me));
  connection.onMessage("bye", ({ why }) => {
    if (why === "signed-out" && session.status === "in") session.expire();
  });
  // A session that ended while the wire was cut shows itself only to a request.
  let asking = false;
  connection.onTurnedAway(async () => {
    if (asking || session.status !== "in") return;
    asking = true;
    await session.load().catch(() => undefined);
    asking = false;
  });
  watch(
    () => [session.me?.rights, session.me?.departments.join()].join(";"),
    (_now, before) => {
      if (isReady.value && !before.startsWith(";")) void reload().catch(() => undefined);
    },
  );
  watch(
    () => inboxes.all.map(({ id }) => id).join(),
    () => {
      if (isReady.value) watchOnly([...watched, ...inboxes.all.map(({ id }) => `inbox/${id}`)]);
    },
  );

  return { version, demo, url, isReady, load, leave, reload };
});

/** The same through a reload, another one in every tab. */
function tabId(): string {
  const known = sessionStorage.getItem("elbowroom.tab");
  if (known) return known;
  const made = crypto.randomUUID();
  sessionStorage.setItem("elbowroom.tab", made);
  return made;
}
