// The shapes that server and page share, under the names that the page uses. Moments are ISO 8601 strings in UTC.
// generated.ts is the server's own description of itself: `python3 dev.py types`.
import type { components } from "./generated";

type Shapes = components["schemas"];

export type Who = Shapes["Who"];
export type Colleague = Shapes["Colleague"];
export type Person = Shapes["Person"];
export type Role = Person["role"];
export type Me = Shapes["Me"];
export type Language = NonNullable<Me["language"]>;
export type Theme = Me["theme"];
export type Customer = Shapes["Customer"];
export type Doorway = Shapes["Doorway"];
export type Entered = Shapes["Entered"];
export type Invited = Shapes["Invited"];
export type Invitation = Shapes["Invitation"];
export type NewInvitation = Shapes["NewInvitation"];
export type NewlyInvited = Shapes["NewlyInvited"];
export type First = Shapes["First"];
export type Session = Shapes["Session"];

export type Status = Shapes["Status"];
export type Queue = Status["queue"];
export type Inbox = Shapes["Inbox"];
export type Department = Shapes["Department"];
export type Folder = Shapes["Folder"];
export type Bin = Shapes["Bin"];
export type Binned = Shapes["Binned"];
export type Stray = Shapes["Stray"];
export type Label = Shapes["Label"];
export type CountedLabel = Shapes["CountedLabel"];
/** Told by the stream it says who made the newest change. */
export type Row = Shapes["Row"] & Partial<Pick<Shapes["LiveRow"], "changed_by">>;
export type Hit = Shapes["Hit"];
export type Listed = Shapes["Listed"];
export type Priority = Row["priority"];
export type Ticket = Shapes["Ticket"];
export type Channel = Shapes["Channel"];
export type Count = Shapes["Count"];
export type Counts = Shapes["Counts"];
export type Desk = Shapes["Desk"];

export type Attachment = Shapes["Attachment"];
export type Message = Shapes["Message"];
export type Former = Shapes["Former"];
export type Notice = Shapes["Notice"];
export type MessageState = NonNullable<Message["state"]>;
export type Recipients = Shapes["Recipients"];
export type Undelivered = Shapes["Undelivered"];
export type SavedReply = Shapes["SavedReply"];
export type Held = Shapes["Held"];
export type HeldReason = Held["reason"];
export type Changed = Shapes["Changed"];
export type Awaiting = Shapes["Awaiting"];
export type Scheduled = Shapes["Scheduled"];
export type Unscheduled = Shapes["Unscheduled"];
export type Draft = Shapes["Draft"];
export type DraftKind = Draft["kind"];
export type ColleagueDraft = Shapes["ColleagueDraft"];
export type DraftText = Shapes["DraftText"];
export type ReplyAsked = Shapes["ReplyAsked"];
export type Merged = Shapes["Merged"];
export type Submitted = Shapes["Submitted"];
export type Withdrawn = Shapes["Withdrawn"];

export type Presence = Shapes["Presence"];
export type Doing = Presence["doing"];
export type Lock = Shapes["Lock"];
export type Crowd = Shapes["Crowd"];

export type Mailbox = Shapes["Mailbox"];
export type MailboxAsked = Shapes["MailboxAsked"];
export type Trial = Shapes["Trial"];
export type Quarantined = Shapes["Quarantined"];
export type Checklist = Shapes["Checklist"];

export type Fact = Shapes["Fact"];
export type FactData = Shapes["FactData"];
/** Every answer to a write brings the facts that it made. */
export type Answer<T> = T & { facts?: Fact[] };

export type TicketState = Shapes["TicketState"];
export type InboxState = Shapes["InboxState"];
export type DepartmentState = Shapes["DepartmentState"];
export type PersonState = Shapes["PersonState"];
export type ManagersState = Shapes["ManagersState"];
export type Gone = Shapes["Gone"];

// The socket.
export type Snapshot = Shapes["Snapshot"];
export type Resume = Shapes["Resume"];
export type ServerMessage = Shapes["ServerMessage"];
export type ClientMessage = Shapes["ClientMessage"];
