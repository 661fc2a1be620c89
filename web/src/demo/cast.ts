// The demo's people, and logging in as any of them.
import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Me, Person } from "@/live/types";
import { useSession } from "@/people/session";

export type Address = {
  address: string;
  name: string;
};

export type Demo = {
  people: Person[];
  addresses: Address[];
  /** The desk's own addresses, to write to. */
  inboxes: Address[];
  mail: boolean;
};

export const useCast = defineStore("cast", () => {
  const demo = ref<Demo | null>(null);

  async function load() {
    demo.value = await get<Demo>("/api/demo");
  }

  async function logInAs(person: number): Promise<Me> {
    const answer = await send<{ me: Me }>("POST", "/api/demo/session", { person });
    useSession().enter(answer.me);
    return answer.me;
  }

  return { demo, load, logInAs };
});

const known = new Set(["bianca", "hanna", "omid", "lena", "ada"]);

/** Who has lines of her own on the welcome page; the others are described by their role. */
export function castKey(person: Pick<Person, "email" | "role">): string {
  const name = person.email.split("@")[0] ?? "";
  return known.has(name) ? name : person.role;
}
