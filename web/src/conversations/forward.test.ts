import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import type { Message } from "@/live/types";
import { useForward } from "./forward";
import { useUploads } from "./uploads";

const message = {
  id: 5, ticket: 7, number: 2, attachments: [{ id: 3, name: "plan.png", size: 1, type: "image/png", image: true }],
} as unknown as Message;
beforeEach(() => setActivePinia(createPinia()));

test("a file of her own goes along once it has arrived, and with it it is gone", async () => {
  const arrives = Promise.withResolvers<{ id: number }>();
  const send = vi.spyOn(api, "send").mockReturnValueOnce(arrives.promise as never).mockResolvedValue({});
  const [forward, uploads] = [useForward(message), useUploads()];
  forward.form.to = ["repair@lamps.example"];
  const going = uploads.upload(forward.filesOf, new File(["hello"], "lamp.txt"));
  expect(await forward.go()).toBe(false);
  arrives.resolve({ id: 8 });
  await going;
  expect(await forward.go()).toBe(true);
  expect(send.mock.lastCall?.[2]).toMatchObject({ keeps: [3], attachments: [8] });
  expect(uploads.of(forward.filesOf)).toEqual([]);
});

test("what was attached to a forward that was closed does not go with the next", () => {
  useUploads().bringBack(useForward(message).filesOf, [{ id: 8, name: "lamp.txt", size: 5 }]);
  expect(useUploads().of(useForward(message).filesOf)).toEqual([]);
});

test("its files go along unless taken off, and the same words again are the same try", async () => {
  const send = vi.spyOn(api, "send").mockRejectedValue(new api.Problem("offline", "No connection", "", 0));
  const forward = useForward(message);
  expect(await forward.go()).toBe(false);
  expect(send).not.toHaveBeenCalled();
  forward.form.to = ["repair@lamps.example"];
  expect([await forward.go(), await forward.go()]).toEqual([false, false]);
  expect(send.mock.calls[0]?.[2]).toMatchObject({ number: 2, keeps: [3] });
  expect(send.mock.calls[1]?.[3]).toEqual(send.mock.calls[0]?.[3]);
  forward.form.keeps = [];
  await forward.go();
  expect(send.mock.calls[2]?.[3]).not.toEqual(send.mock.calls[0]?.[3]);
});
