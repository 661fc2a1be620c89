// What lies over the page goes away by the way back (a phone's gesture, the browser's button), the last one first.
import { onScopeDispose, watch } from "vue";

const over: (() => void)[] = [];

/** Within a component: as long as it is open, the way back closes it and leaves the page where it is. */
export function closesByBack(isOpen: () => boolean, close: () => void): void {
  const remove = (): void => {
    if (over.includes(close)) over.splice(over.indexOf(close), 1);
  };
  watch(isOpen, (open) => (open ? over.push(close) : remove()), { immediate: true });
  onScopeDispose(remove);
}

/** Closes the last one; false where nothing lies over the page. */
export function closeLast(): boolean {
  const close = over.at(-1);
  close?.();
  return close !== undefined;
}
