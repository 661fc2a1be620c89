import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { useSetup } from "./setup";

const sent: string[] = [];
let refuse = "";

vi.mock("@/live/api", async (real) => ({
  ...(await real<object>()),
  get: async () => ({}),
  send: async (method: string, path: string) => {
    sent.push(`${method} ${path}`);
    if (path === refuse) throw new Error("refused");
    return path === "/api/setup" ? { me: { id: 1, name: "Ada" } } : { id: 7, name: "", version: 1 };
  },
}));

beforeEach(() => {
  sessionStorage.clear();
  setActivePinia(createPinia());
  sent.length = 0;
  refuse = "";
});

test("an inbox that was refused is tried again without a second department", async () => {
  const setup = useSetup();
  refuse = "/api/inboxes";
  await expect(setup.makeDesk()).rejects.toThrow("refused");
  expect(setup.kept.step).toBe("you");
  refuse = "";
  await setup.makeDesk();
  expect(sent.filter((one) => one === "POST /api/departments")).toHaveLength(1);
  expect(setup.kept.step).toBe("mailbox");
});

test("a reload comes back to the same step, and the password is nowhere in the browser", async () => {
  const setup = useSetup();
  setup.begin("secret-token", true);
  Object.assign(setup.you, { name: "Ada", email: "ada@desk.example", password: "long enough words" });
  await setup.makeMe("de");
  expect(JSON.stringify({ ...sessionStorage })).not.toMatch(/long enough|secret-token/);
  setActivePinia(createPinia());
  useSetup().begin("", false);
  expect(useSetup().kept.step).toBe("desk");
});

test("what is remembered of a former desk does not skip the first step of a new one", () => {
  sessionStorage.setItem("elbowroom.setup", JSON.stringify({ step: "invite", department: 3, inbox: 4, mailbox: "" }));
  useSetup().begin("token", true);
  expect(useSetup().kept.step).toBe("you");
});
