// The shapes that server and page share. Moments are ISO 8601 strings in UTC.

export type Who = { id: number; name: string };
export type Role = "agent" | "manager" | "administrator";
export type Language = "en" | "de" | "ru" | "zh";
export type Theme = "system" | "light" | "dark";
export type Person = Who & {
  email: string;
  role: Role;
  hue: number;
  departments: number[];
  disabled: boolean;
  version: number;
};
export type Me = Person & { language: Language | null; theme: Theme; rights: number };
export type Customer = { id: number; name: string; email: string };

export type Queue = "new" | "pending" | "resolved";
export type Priority = "low" | "normal" | "high" | "urgent";
export type Status = {
  key: string;
  name: string;
  queue: Queue;
  colour: string;
  marked: boolean;
  builtin: boolean;
};
export type Inbox = {
  id: number;
  department: number;
  name: string;
  address: string | null;
  lock_mode: "advice" | "write" | "exclusive";
  may_force: "anyone" | "managers";
  version: number;
};
export type Department = { id: number; name: string; version: number };
export type Label = { id: number; name: string; colour: number; department: number };

export type Row = {
  id: number;
  version: number;
  inbox: number;
  department: number;
  subject: string;
  status: string;
  queue: Queue;
  priority: Priority;
  owner: number | null;
  labels: string[];
  requester: Customer;
  preview: string;
  preview_by: "customer" | "agent" | "note" | "auto";
  messages: number;
  head: number;
  created_at: string;
  changed_at: string;
  last_message_at: string;
  deleted: boolean;
  /** On frames of a list: who made the newest change, where the server says it. */
  changed_by?: Who | null;
};
export type Channel = {
  id?: number;
  kind: "email" | "api";
  address: string | null;
  undo_for: number;
  state?: string;
};
export type Ticket = Row & {
  place: string;
  followers: Customer[];
  conversation: number;
  channel: Channel | null;
  versions: Record<string, number>;
  last_number: number;
};

export type Attachment = { id: number; name: string; size: number; type: string; image: boolean };
export type MessageState =
  | "waiting"
  | "left"
  | "refused"
  | "bounced"
  | "withdrawn"
  | "paused";
export type Message = {
  id: number;
  ticket: number;
  conversation: number;
  number: number;
  kind: "customer" | "reply" | "note" | "auto" | "event";
  author: { id: number | null; name: string; email: string | null };
  text: string;
  has_html: boolean;
  has_more: boolean;
  at: string;
  verified: boolean;
  state: MessageState | null;
  leaves_at: string | null;
  words: string | null;
  attachments: Attachment[];
};
export type HeldReason = "unseen" | "took-over" | "locked" | "no-access" | "gone" | "paused" | "resync";
export type Held = {
  id: number;
  ticket: number;
  subject: string;
  conversation: number;
  body: string;
  reason: HeldReason;
  seen: number;
  at: string;
  unseen: Message[];
};
export type DraftKind = "reply" | "note";
export type Draft = {
  ticket: number;
  kind: DraftKind;
  body: string;
  number: number;
  device: string;
  at: string;
  sibling: { body: string; at: string; device: string } | null;
};

export type FactData = {
  set?: Record<string, unknown>;
  message?: Message;
  label?: { name: string } & Partial<Label>;
  /** Of a department: what is known of a colleague. */
  person?: Partial<Person> & { id: number };
  inbox?: Inbox;
  from?: unknown;
  former?: Who;
  holder?: Who | null;
  fence?: number;
  [more: string]: unknown;
};
export type Fact = {
  place: string;
  version: number;
  position: number;
  kind: string;
  by: Who | null;
  at: string;
  data: FactData;
};

export type Doing = "writing_reply" | "writing_note" | "viewing" | "idle" | "left";
export type Presence = { person: number; name: string; hue: number; doing: Doing; since: string };
export type Lock = { holder: Who; fence: number; since: string };
export type Crowd = { place: string; people: Presence[]; more: number; lock: Lock | null };
export type Count = { queue: Queue; owner: number | null; n: number };
export type Counts = { inbox: number; counts: Count[] };

export type Desk = {
  me: Me;
  departments: Department[];
  inboxes: Inbox[];
  people: Person[];
  statuses: Status[];
  labels: Label[];
  counts: Counts[];
  epoch: string;
  position: number;
  mark: number;
  version: string;
  demo: boolean;
  url: string;
};

export type TicketState = { ticket: Ticket; messages: Message[]; drafts: Draft[]; held: Held[] };
export type InboxState = { inbox: Inbox; counts: Counts };
export type DepartmentState = {
  department: Department;
  people: Person[];
  inboxes: Inbox[];
  statuses: Status[];
  labels: Label[];
};
export type PersonState = { me: Me; held: Held[] };
export type Gone = { id: number; version: number; by?: Who | null; why?: "moved" | "deleted" };

// What the server says on the socket.
export type Welcome = {
  type: "welcome";
  me: Me;
  epoch: string;
  position: number;
  mark: number;
  now: string;
  settling: boolean;
  resumed: boolean;
};
export type Snapshot = {
  type: "snapshot";
  place: string;
  n: number;
  version: number;
  state: TicketState | InboxState | DepartmentState | PersonState;
  crowds: Crowd[];
  settling: boolean;
};
export type Resumed = {
  type: "resumed";
  place: string;
  n: number;
  version: number;
  facts: Fact[];
  rows: Row[];
  gone: Gone[];
  crowds: Crowd[];
  counts?: Counts | null;
};
export type FactsFrame = { type: "facts"; place: string; n: number; facts: Fact[] };
export type RowsFrame = {
  type: "rows";
  place: string;
  n: number;
  rows: Row[];
  gone: Gone[];
  counts: Counts | null;
};
export type CrowdFrame = { type: "crowd"; place: string; n: number; crowds: Crowd[] };
export type GoneFrame = {
  type: "gone";
  place: string;
  why: "moved" | "deleted" | "rights";
  by: Who | null;
};
export type Behind = { type: "behind"; place: string };
export type Heartbeat = {
  type: "heartbeat";
  position: number;
  mark: number;
  now: string;
  epoch: string;
};
export type Ping = { type: "ping"; n: number };
export type ErrorFrame = {
  type: "error";
  problem: { type: string; title?: string; detail?: string };
  /** The place that could not be watched. */
  place?: string;
};
/** What I may see has changed. */
export type Rights = { type: "rights"; me: Me };
export type Bye = { type: "bye"; why: "signed-out" | "expired" | "replaced" | "slow" | "restart" };
export type ServerMessage =
  | Welcome
  | Snapshot
  | Resumed
  | FactsFrame
  | RowsFrame
  | CrowdFrame
  | GoneFrame
  | Behind
  | Heartbeat
  | Ping
  | ErrorFrame
  | Rights
  | Bye;

// What the page says on the socket.
export type Resume = { epoch: string; position: number; mark: number };
export type ClientMessage =
  | { type: "hello"; tab: string; nonce: string; resume: Resume | null }
  | { type: "watch"; place: string; known: boolean }
  | { type: "unwatch"; place: string }
  | { type: "here"; place: string | null; doing: Exclude<Doing, "left">; input?: boolean }
  | { type: "pong"; n: number };
