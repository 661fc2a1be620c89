// My own account: password and the browsers that are signed in as me.
import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Session } from "@/live/types";

export type Device = Session;

export const useAccount = defineStore("account", () => {
  const devices = ref<Device[] | null>(null);

  async function loadDevices() {
    const found = await get<Device[]>("/api/sessions");
    devices.value = found.toSorted((a, b) => Number(b.current) - Number(a.current) || b.seen_at.localeCompare(a.seen_at));
  }

  async function logOut(id: number) {
    await send("DELETE", `/api/sessions/${id}`);
    devices.value = (devices.value ?? []).filter((one) => one.id !== id);
  }

  async function logOutOthers() {
    await send("DELETE", "/api/sessions");
    devices.value = (devices.value ?? []).filter((one) => one.current);
  }

  const changePassword = (current: string, next: string) => send("PUT", "/api/me/password", { current, new: next });

  return { devices, loadDevices, logOut, logOutOthers, changePassword };
});

/** "Mozilla/5.0 …" in words people know: the browser and the system. */
export function deviceName(agent: string): { browser: string; system: string } {
  const browsers: [RegExp, string][] = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrom(e|ium)\//, "Chrome"],
    [/Safari\//, "Safari"],
  ];
  const systems: [RegExp, string][] = [
    [/iPhone|iPad/, "iOS"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X|Macintosh/, "macOS"],
    [/CrOS/, "ChromeOS"],
    [/Linux/, "Linux"],
  ];
  const pick = (table: [RegExp, string][]) => table.find(([shape]) => shape.test(agent))?.[1] ?? "";
  return { browser: pick(browsers), system: pick(systems) };
}
