import { expect, test, vi } from "vitest";
import * as api from "@/live/api";
import type { Message } from "@/live/types";
import { useForward } from "./forward";

const message = {
  id: 5, ticket: 7, number: 2, attachments: [{ id: 3, name: "plan.png", size: 1, type: "image/png", image: true }],
} as unknown as Message;

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
