// "@Hanna" in a note: completing names while one types, and whom a finished text names.
export type Named = { id: number; name: string };
/** What is typed of a name, from the "@" at `from` on. */
export type Begun = { from: number; query: string };

const longest = 40;
const isLetter = /[\p{L}\p{N}_]/u;

/** The name that is being typed before the caret, null where there is none. */
export function begun(text: string, caret: number): Begun | null {
  const from = text.lastIndexOf("@", caret - 1);
  if (from < 0 || from >= caret || caret - from > longest) return null;
  if (from > 0 && isLetter.test(text[from - 1] ?? "")) return null; // an address of mail
  const query = text.slice(from + 1, caret);
  return query.includes("\n") || query.startsWith(" ") ? null : { from, query };
}

/** Those whose name, or a part of it, begins so; nobody once a whole name and a blank stand there. */
export function matching<T extends Named>(people: readonly T[], query: string): T[] {
  const wanted = query.toLocaleLowerCase();
  return people.filter(({ name }) => {
    const plain = name.toLocaleLowerCase();
    return plain.startsWith(wanted) || plain.split(/\s+/).some((part) => part.startsWith(wanted));
  });
}

/** The text with the name in place of what was begun, and where the caret goes. */
export function completed(text: string, { from, query }: Begun, name: string): { text: string; caret: number } {
  const before = `${text.slice(0, from)}@${name} `;
  const after = text.slice(from + 1 + query.length).replace(/^ /, "");
  return { text: before + after, caret: before.length };
}

/** A note in pieces: those with an `id` name somebody. Longer names first: "@Anna Lee" is not Anna. */
export function pieces(text: string, people: readonly Named[]): { text: string; id: number | null }[] {
  const byLength = people.toSorted((a, b) => b.name.length - a.name.length);
  const found: { text: string; id: number | null }[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const one = text[at] === "@" && !isLetter.test(text[at - 1] ?? "") ? byLength.find(({ name }) => standsAt(text, at + 1, name)) : undefined;
    if (one) {
      if (plain) found.push({ text: plain, id: null });
      found.push({ text: text.slice(at, at + 1 + one.name.length), id: one.id });
      plain = "";
      at += 1 + one.name.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  return plain ? [...found, { text: plain, id: null }] : found;
}

/** The ids of those whom the text names, each once. */
export function named(text: string, people: readonly Named[]): number[] {
  return [...new Set(pieces(text, people).flatMap(({ id }) => id ?? []))];
}

function standsAt(text: string, at: number, name: string): boolean {
  const end = at + name.length;
  return text.slice(at, end).toLocaleLowerCase() === name.toLocaleLowerCase() && !isLetter.test(text[end] ?? "");
}
