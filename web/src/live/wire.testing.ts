import type { Wire } from "./connection";
import type { ClientMessage, ServerMessage } from "./types";

/** A socket whose server is the test. */
export class FakeWire implements Wire {
  readyState: 0 | 1 | 3 = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly said: ClientMessage[] = [];
  send(text: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    this.said.push(JSON.parse(String(text)) as ClientMessage);
  }
  close(): void {
    this.readyState = 3;
  }
  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  cut(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  hears(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  /** The last message of this type that the page said. */
  last<T extends ClientMessage["type"]>(type: T): Extract<ClientMessage, { type: T }> | undefined {
    return this.said.findLast((one) => one.type === type) as Extract<ClientMessage, { type: T }> | undefined;
  }
}

export const welcome = (more: Partial<Extract<ServerMessage, { type: "welcome" }>> = {}) =>
  ({
    type: "welcome",
    me: null as never,
    epoch: "e1",
    position: 10,
    mark: 110,
    now: new Date().toISOString(),
    settling: false,
    resumed: false,
    page: "",
    ...more,
  }) as const satisfies ServerMessage;
export const heartbeat = (position: number, mark = position + 100) =>
  ({ type: "heartbeat", position, mark, now: new Date().toISOString(), epoch: "e1" }) as const;
