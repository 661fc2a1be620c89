import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { useUploads } from "./uploads";

const file = new File(["hello"], "lamp.txt", { type: "text/plain" });
beforeEach(() => setActivePinia(createPinia()));

test("a file goes on its own way and is ready when the server has it", async () => {
  vi.spyOn(api, "send").mockResolvedValue({ id: 7, name: "lamp.txt", size: 5, type: "text/plain" });
  const uploads = useUploads();
  const going = uploads.upload(42, file);
  expect(uploads.isWhole(42)).toBe(false);
  await going;
  expect(uploads.ready(42).map(({ id }) => id)).toEqual([7]);
  expect(uploads.isWhole(42)).toBe(true);
});

test("a refused file says why and keeps the reply from leaving without it", async () => {
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("too-large", "Too large", "A file has at most 25 MiB.", 413));
  const uploads = useUploads();
  await uploads.upload(42, file);
  expect(uploads.of(42)[0]).toMatchObject({ state: "refused", words: "A file has at most 25 MiB." });
  expect(uploads.isWhole(42)).toBe(false);
  uploads.remove(42, uploads.of(42)[0]?.key ?? 0);
  expect(uploads.isWhole(42)).toBe(true);
});

test("the files of another ticket are not these", async () => {
  vi.spyOn(api, "send").mockResolvedValue({ id: 7 });
  const uploads = useUploads();
  await uploads.upload(42, file);
  expect(uploads.of(43)).toEqual([]);
});
