/** Without an answer it may have been made: the same words again are the same try, under the same key. */
export function tries() {
  let key = crypto.randomUUID();
  let tried = "";
  function keyOf(asked: unknown): string {
    const words = JSON.stringify(asked);
    if (words !== tried) [key, tried] = [crypto.randomUUID(), words];
    return key;
  }
  /** It was made, or refused: what comes next is another. */
  const settle = (): void => void (tried = "");
  return { keyOf, settle };
}
