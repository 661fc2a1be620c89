// The scripted colleague who works beside you, so that one person alone sees presence, locks and a held reply.
import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Who } from "@/live/types";

export const useColleague = defineStore("colleague", () => {
  const here = ref(false);
  /** Who came; unknown after a reload. */
  const name = ref("");

  /** She leaves by herself when her time is over. */
  async function look() {
    here.value = (await get<{ here: boolean }>("/api/demo/colleague")).here;
  }

  async function invite(ticket: number | null) {
    const answer = await send<{ person: Who }>("POST", "/api/demo/colleague", ticket === null ? {} : { ticket });
    name.value = answer.person.name;
    here.value = true;
  }

  async function thank() {
    await send("DELETE", "/api/demo/colleague");
    here.value = false;
  }

  return { here, name, look, invite, thank };
});
