import type { Row } from "@/live/types";

/** A plain row for tests. */
export const aRow = (id: number, more: Partial<Row> = {}): Row => ({
  id,
  version: 1,
  inbox: 3,
  department: 1,
  subject: `Subject ${id}`,
  status: "open",
  queue: "new",
  priority: "normal",
  owner: null,
  labels: [],
  label_ids: [],
  requester: { id: 1, name: "Nora", email: "nora@example.org", phone: null },
  preview: "Hello",
  preview_by: "customer",
  messages: 1,
  head: 1,
  created_at: "2026-11-22T02:00:00.000Z",
  changed_at: "2026-11-22T02:00:00.000Z",
  last_message_at: "2026-11-22T02:00:00.000Z",
  folder: null,
  archived: false,
  deleted: false,
  merged_into: null,
  ...more,
});
