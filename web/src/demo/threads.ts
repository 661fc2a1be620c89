// A customer's mails as conversations, the way a mail program shows them: by message ids, never by subject.

export type Mail = {
  id: number | string;
  from: string;
  to: string;
  subject: string;
  text: string;
  at: string;
  message_id: string | null;
  in_reply_to: string | null;
};

export type Thread = {
  /** The mark of its first mail: stays the same while mails are added. */
  key: string;
  subject: string;
  /** Oldest first. */
  mails: Mail[];
  /** The other side's address. */
  other: string;
  at: string;
};

/** What a browser remembers a mail by. Numbers begin anew with each demo, message ids do not. */
export const markOf = (mail: Mail): string => mail.message_id ?? String(mail.id);
export const addressOf = (field: string): string => (/<([^>]+)>/.exec(field)?.[1] ?? field).trim().toLowerCase();
export const nameOf = (field: string): string => field.replace(/<[^>]*>/, "").replaceAll('"', "").trim() || addressOf(field);
export const isFrom = (mail: Mail, address: string): boolean => addressOf(mail.from) === address.toLowerCase();
export const replySubject = (subject: string): string => (/^(re|aw|ответ|回复)\s*:/i.test(subject) ? subject : `Re: ${subject}`);

export function threads(mails: Mail[], me: string): Thread[] {
  const sorted = mails.toSorted((a, b) => a.at.localeCompare(b.at));
  const homes = new Map<string, Mail[]>();
  const found: Mail[][] = [];
  for (const mail of sorted) {
    const home = (mail.in_reply_to && homes.get(bare(mail.in_reply_to))) || start(found);
    home.push(mail);
    for (const id of [mail.message_id, String(mail.id)]) if (id) homes.set(bare(id), home);
  }
  return found.map((one) => toThread(one, me)).toSorted((a, b) => b.at.localeCompare(a.at));
}

const bare = (id: string): string => id.trim().replace(/^<|>$/g, "");

function start(found: Mail[][]): Mail[] {
  const home: Mail[] = [];
  found.push(home);
  return home;
}

function toThread(mails: Mail[], me: string): Thread {
  const first = mails[0]!;
  const theirs = mails.findLast((mail) => !isFrom(mail, me));
  return {
    key: markOf(first),
    subject: first.subject,
    mails,
    other: theirs ? theirs.from : first.to,
    at: mails.at(-1)!.at,
  };
}

/** Splits the quoted rest off, so that a thread does not repeat itself. */
export function visiblePart(text: string): { shown: string; quoted: string } {
  const lines = text.trimEnd().split("\n");
  let cut = lines.length;
  while (cut > 0 && /^(>|\s*$)/.test(lines[cut - 1] ?? "")) cut -= 1;
  if (cut === lines.length || cut === 0) return { shown: text.trimEnd(), quoted: "" };
  // The line that leads the quote in ("On Monday Nora wrote:") goes with it.
  if (/:\s*$/.test(lines[cut - 1] ?? "")) cut -= 1;
  return { shown: lines.slice(0, cut).join("\n").trimEnd(), quoted: lines.slice(cut).join("\n").trim() };
}
