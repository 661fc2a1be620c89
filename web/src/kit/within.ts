/** What `what` comes to, or an error after `ms` milliseconds without a word of it. */
export function within<T>(ms: number, what: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, failed) => setTimeout(() => failed(new Error("no answer")), ms));
  return Promise.race([what, late]);
}

/** So long a browser may take to open its store: some never answer at all. */
export const storeOpensWithin = 2_000;
