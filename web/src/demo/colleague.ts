// The scripted colleague who works beside you, so that one person alone sees presence, locks and a held reply.
import { defineStore } from "pinia";
import { ref } from "vue";
import { send } from "@/live/api";

export const useColleague = defineStore("colleague", () => {
  const here = ref(false);

  async function invite(ticket: number | null) {
    await send("POST", "/api/demo/colleague", ticket === null ? {} : { ticket });
    here.value = true;
  }

  async function thank() {
    await send("DELETE", "/api/demo/colleague");
    here.value = false;
  }

  return { here, invite, thank };
});
