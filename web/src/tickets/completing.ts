// Known customers for what is typed of a name, an address or a number. No answer that came too late is shown.
import { ref } from "vue";
import { Problem, get } from "@/live/api";
import type { Customer } from "@/live/types";

const pause = 150;

const findCustomers = async (text: string): Promise<Customer[]> =>
  (await get<{ customers: Customer[] }>("/api/customers", { q: text })).customers;

export function useCompletion(fits: (one: Customer) => boolean = () => true) {
  const found = ref<Customer[]>([]);
  /** Which of them is marked; -1: none, and Enter takes what is typed. */
  const at = ref(-1);
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function ask(text: string): void {
    clearTimeout(timer);
    turn += 1;
    at.value = -1;
    if (text.trim().length < 2) return void (found.value = []);
    timer = setTimeout(() => void look(text.trim(), turn), pause);
  }
  async function look(text: string, mine: number): Promise<void> {
    const told = await findCustomers(text).catch((problem: unknown) => {
      if (!(problem instanceof Problem)) throw problem;
      return [];
    });
    if (mine === turn) found.value = told.filter(fits);
  }
  function move(by: number): void {
    const many = found.value.length + 1;
    at.value = ((at.value + 1 + by + many) % many) - 1;
  }
  const marked = (): Customer | null => found.value[at.value] ?? null;
  function close(): void {
    clearTimeout(timer);
    turn += 1;
    found.value = [];
    at.value = -1;
  }
  return { found, at, ask, move, marked, close };
}

/** As it stands in a mail: several at once, with or without names, are taken apart. */
export const addressesIn = (text: string): string[] =>
  text
    .split(/[,;\n]+/)
    .map((one) => (/<([^<>]+)>/.exec(one)?.[1] ?? one).trim())
    .filter(Boolean);

export const looksLikeAddress = (text: string): boolean => /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/.test(text);
