// Where a ticket can go: every inbox and folder that I may see, and what is lost on the way.
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { Problem } from "@/live/api";
import { usePeople } from "@/people/people";
import { useFolders } from "./folders";
import { useInboxes } from "./inboxes";
import { useTickets } from "./tickets";

export type Target = { key: string; inbox: number; folder: number | null; name: string; within: string; department: string; isHere: boolean };
export type Loss = { owner: string | null; folder: string | null; department: string };

export const usePlacing = defineStore("placing", () => {
  const [inboxes, folders, people, tickets] = [useInboxes(), useFolders(), usePeople(), useTickets()];
  const id = ref(0);
  const text = ref("");
  const isBusy = ref(false);
  const refusal = ref("");
  /** Chosen, and over a department's wall: it waits for her word. */
  const asked = ref<Target | null>(null);
  let from = 0;

  const now = computed(() => tickets.ticket(id.value));
  const many = computed(() => new Set(inboxes.all.map((one) => one.department)).size > 1);
  const targets = computed<Target[]>(() =>
    inboxes.all.flatMap((inbox) => {
      const department = many.value ? (people.departments.get(inbox.department)?.name ?? "") : "";
      const isIn = now.value?.inbox === inbox.id;
      const at = (folder: number | null, name: string): Target => ({
        key: `${inbox.id}/${folder ?? ""}`, inbox: inbox.id, folder, name, within: folder === null ? "" : inbox.name,
        department, isHere: isIn && now.value?.folder === folder,
      });
      return [at(null, inbox.name), ...folders.of(inbox.id).map((one) => at(one.id, one.name))];
    }),
  );
  const found = computed(() => {
    const words = text.value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    const named = ({ name, within, department }: Target) => `${name} ${within} ${department}`.toLocaleLowerCase();
    return targets.value.filter((one) => words.every((word) => named(one).includes(word)));
  });
  /** What stays behind when it goes there; null within its department. */
  const loss = computed<Loss | null>(() => {
    const [one, ticket] = [asked.value, now.value];
    if (!one || !ticket) return null;
    const department = people.departments.get(ticket.department)?.name ?? "";
    return { owner: people.person(ticket.owner)?.name ?? null, folder: folders.name(ticket.folder) || null, department };
  });

  function begin(ticket: number): void {
    id.value = ticket;
    from = tickets.ticket(ticket)?.version ?? 0;
    text.value = refusal.value = "";
    asked.value = null;
  }

  /** True when it lies there now. Where something would be lost it only asks. */
  async function choose(one: Target): Promise<boolean> {
    if (one.isHere) return true;
    const department = inboxes.inbox(one.inbox)?.department;
    if (department === now.value?.department) return go(one);
    asked.value = one;
    return false;
  }

  async function go(one: Target): Promise<boolean> {
    const ticket = now.value;
    if (!ticket || isBusy.value) return false;
    isBusy.value = true;
    refusal.value = "";
    const inbox = one.inbox === ticket.inbox ? {} : { inbox: one.inbox };
    const folder = one.inbox === ticket.inbox || one.folder !== null ? { folder: one.folder } : {};
    try {
      await tickets.place(id.value, { ...inbox, ...folder }, from);
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refuse(problem);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  /** Someone was quicker: where it lies now is on the page already; the next choice counts from there. */
  function refuse(problem: Problem): void {
    asked.value = null;
    refusal.value = problem.detail || problem.title;
    const stale = problem.extra["fields"] as Record<string, { version: number }> | undefined;
    for (const { version } of Object.values(stale ?? {})) from = Math.max(from, version);
  }

  return { id, text, isBusy, refusal, asked, targets, found, loss, begin, choose, go };
});
