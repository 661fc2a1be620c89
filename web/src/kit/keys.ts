// Keyboard: one registry, so that tips and the "?" sheet show what the keys really do.
import { createKeybindingsHandler } from "tinykeys";
import { onBeforeUnmount, onMounted, shallowReactive } from "vue";

export type KeyAction = {
  /** A key of the words: what it does. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Works while a text is being edited too (only for chords like ctrl-enter). */
  inText?: boolean;
  /** Checked at the press; when it says no, the key is left alone. */
  when?: () => boolean;
};
export type KeyMap = Record<string, KeyAction>;
export type KeyEntry = { keys: string; group: string; action: KeyAction };

const entries = shallowReactive(new Set<KeyEntry>());

/** Binds keys while the calling component lives. A later binding of the same key wins. */
export function useKeys(map: KeyMap, group: string): void {
  let undo = (): void => undefined;
  onMounted(() => {
    undo = bind(map, group);
  });
  onBeforeUnmount(() => undo());
}

export function bind(map: KeyMap, group: string): () => void {
  const mine = Object.entries(map).map(([keys, action]) => ({ keys, group, action }));
  for (const entry of mine) entries.add(entry);
  return () => {
    for (const entry of mine) entries.delete(entry);
  };
}

export const keyEntries = (): KeyEntry[] => [...entries];
/** The keys that are bound to what `label` names, for a button's tip. */
export const keysOf = (label: string): string | null =>
  keyEntries().find((entry) => entry.action.label === label)?.keys ?? null;

let isCovered = (): boolean => false;
/** While something opens over the page, letters are meant for it, though it may not have the focus yet. */
export function hushWhile(covered: () => boolean): void {
  isCovered = covered;
}

/** Listens on the window; called once at start. */
export function listen(target: Window): () => void {
  const presses = new Map<string, (event: KeyboardEvent) => void>();
  let ledBy: string | null = null;
  let ledAt = 0;
  const handle = (event: KeyboardEvent): void => {
    if (event.key === "Shift" || event.isComposing) return;
    // After "g", an "i" belongs to the sequence "g i" and to nothing else.
    const inSequence = ledBy !== null && event.timeStamp - ledAt < sequenceFor;
    for (const keys of new Set(keyEntries().map((entry) => entry.keys))) {
      const press = presses.get(keys) ?? createKeybindingsHandler({ [keys]: (pressed) => run(keys, pressed) }, always);
      presses.set(keys, press);
      if (!inSequence || isSequence(keys)) press(event);
    }
    const leads = keyEntries().some(({ keys }) => isSequence(keys) && keys.split(" ")[0] === event.key);
    ledBy = !inSequence && leads && !isEditing(event) ? event.key : null;
    ledAt = event.timeStamp;
  };
  target.addEventListener("keydown", handle);
  return () => target.removeEventListener("keydown", handle);
}

const sequenceFor = 1_000;
const always = { ignore: () => false };
const isSequence = (keys: string): boolean => keys.includes(" ");

function run(keys: string, event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const editing = isEditing(event) || isCovered();
  const found = keyEntries()
    .toReversed()
    .find(({ keys: bound, action }) => bound === keys && (!editing || action.inText) && (action.when?.() ?? true));
  if (!found) return;
  event.preventDefault();
  found.action.run(event);
}

function isEditing(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target?.closest) return false;
  return (
    target.isContentEditable ||
    target.closest("input, textarea, select, [role=menu], [role=listbox], [role=dialog]") !== null
  );
}
