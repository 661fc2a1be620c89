// Tickets by words, while one types. Only the newest question's answer counts.
import { defineStore } from "pinia";
import { ref } from "vue";
import { get, Problem } from "@/live/api";
import type { Row } from "@/live/types";
import { onPersonGone } from "@/people/session";

const waitFor = 150;
const most = 8;

export const useFound = defineStore("found", () => {
  const tickets = ref<Row[]>([]);
  let turn = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;

  function search(text: string): void {
    clearTimeout(pause);
    turn += 1;
    const mine = turn;
    if (!text.trim()) tickets.value = [];
    else pause = setTimeout(() => void ask(text.trim(), mine), waitFor);
  }

  async function ask(text: string, mine: number): Promise<void> {
    const answer = await get<{ tickets: Row[] }>("/api/search", { q: text }).catch((problem: unknown) => {
      if (problem instanceof Problem) return { tickets: [] };
      throw problem;
    });
    if (mine === turn) tickets.value = answer.tickets.slice(0, most);
  }
  onPersonGone(() => search(""));

  return { tickets, search };
});
