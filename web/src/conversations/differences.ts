// Where my text says what a colleague's says already, so that I see at a glance what mine would add.

export type Piece = { text: string; same: boolean };
type Token = { text: string; word: string };

/** So many words in a row are no chance. */
const run = 3;

/** `mine` in pieces; `same` where these words stand in one of the others, in this order. */
export function sameWords(mine: string, others: string[]): Piece[] {
  const tokens = tokensOf(mine);
  const words = tokens.flatMap((token, at) => (token.word ? [at] : []));
  const least = Math.min(run, words.length);
  const known = new Set(others.flatMap((other) => runsOf(wordsOf(other), least)));
  const marked = new Set<number>();
  runsOf(words.map((at) => tokens[at]?.word ?? ""), least).forEach((said, first) => {
    if (known.has(said)) for (let at = first; at < first + least; at += 1) marked.add(words[at] ?? -1);
  });
  return joined(tokens.map(({ text }) => text), between(tokens, marked));
}

/** How much of my words theirs has, 0 to 1. */
export function share(pieces: Piece[]): number {
  const count = (some: Piece[]) => some.reduce((sum, piece) => sum + wordsOf(piece.text).length, 0);
  return count(pieces.filter((piece) => piece.same)) / Math.max(1, count(pieces));
}

/** A word, a Chinese character, or what stands between words. */
const token = /\p{Script=Han}|[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu;
const isWord = /[\p{L}\p{N}]/u;

const tokensOf = (text: string): Token[] =>
  (text.match(token) ?? []).map((part) => ({ text: part, word: isWord.test(part) ? part.toLowerCase() : "" }));
const wordsOf = (text: string): string[] => tokensOf(text).flatMap(({ word }) => (word ? [word] : []));

function runsOf(words: string[], length: number): string[] {
  if (length === 0) return [];
  return words.slice(0, words.length - length + 1).map((_, at) => words.slice(at, at + length).join(" "));
}

/** What stands between two marked words is marked with them. */
function between(tokens: Token[], marked: Set<number>): boolean[] {
  return tokens.map(({ word }, at) => (word ? marked.has(at) : marked.has(at - 1) && marked.has(at + 1)));
}

function joined(texts: string[], same: boolean[]): Piece[] {
  const pieces: Piece[] = [];
  texts.forEach((text, at) => {
    const last = pieces.at(-1);
    if (last && last.same === same[at]) last.text += text;
    else pieces.push({ text, same: same[at] ?? false });
  });
  return pieces;
}
