import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import type { Me } from "@/live/types";
import { useSession } from "@/people/session";
import { useChecklist } from "./checklist";

const answerOf = (mailbox: boolean) => ({
  items: [{ key: "department", done: true }, { key: "mailbox", done: mailbox }],
  dismissed: false,
});
let answer = answerOf(false);
const asked: string[] = [];

vi.mock("@/live/api", async (real) => ({
  ...(await real<object>()),
  get: async (path: string) => {
    asked.push(path);
    return answer;
  },
  send: async () => ({}),
}));

function enter(role: Me["role"]) {
  useSession().enter({ id: 1, name: "Ada", role } as Me);
}

beforeEach(() => {
  setActivePinia(createPinia());
  asked.length = 0;
  answer = answerOf(false);
});

test("an administrator sees what is left until all of it is done", async () => {
  enter("administrator");
  await useChecklist().load();
  expect(useChecklist().shown).toBe(true);
  expect(useChecklist().done).toBe(1);
  answer = answerOf(true);
  await useChecklist().load();
  expect(useChecklist().shown).toBe(false);
});

test("put away, it stays away", async () => {
  enter("administrator");
  await useChecklist().load();
  await useChecklist().dismiss();
  expect(useChecklist().shown).toBe(false);
});

test("an agent is neither shown it nor is it asked for", async () => {
  enter("agent");
  await useChecklist().load();
  expect(useChecklist().shown).toBe(false);
  expect(asked).toEqual([]);
});
