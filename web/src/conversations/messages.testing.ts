// A message for tests: the customer's, unless told otherwise.
import type { Message } from "@/live/types";

export function message(number: number, more: Partial<Message> = {}): Message {
  return {
    id: number, ticket: 42, conversation: 1, number, kind: "customer", text: `text ${number}`,
    author: { id: null, name: "Nora", email: "nora@example.org" }, at: "2026-11-22T10:00:00.000Z",
    has_html: false, has_more: false, verified: true, state: null, leaves_at: null, words: null, recipients: null,
    attachments: [], edits: 0, edited_at: null, mentions: [], ...more,
  };
}
