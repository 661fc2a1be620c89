// Tells when something has been in view long enough to count as seen, on a page that is looked at.
import { onBeforeUnmount, type Ref, watch } from "vue";

/** Milliseconds in view. */
const longEnough = 500;
/** Of its own height; a message taller than the window counts once it fills half of it. */
const enough = 0.5;

export function useInView(root: Ref<HTMLElement | null>, seen: (number: number) => void) {
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const inView = new Set<number>();
  const observed = new Map<number, HTMLElement>();
  let observer: IntersectionObserver | null = null;

  const numberOf = (element: Element) => Number((element as HTMLElement).dataset["number"]);

  function begin(number: number): void {
    if (timers.has(number) || document.visibilityState !== "visible") return;
    timers.set(number, setTimeout(() => end(number, true), longEnough));
  }
  function end(number: number, counts: boolean): void {
    clearTimeout(timers.get(number));
    timers.delete(number);
    if (counts && inView.has(number)) seen(number);
  }

  function look(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const number = numberOf(target);
      const fills = intersectionRect.height >= (rootBounds?.height ?? Infinity) * enough;
      if (isIntersecting && (intersectionRatio >= enough || fills)) {
        inView.add(number);
        begin(number);
      } else {
        inView.delete(number);
        end(number, false);
      }
    }
  }

  function visible(): void {
    for (const number of inView)
      if (document.visibilityState === "visible") begin(number);
      else end(number, false);
  }
  document.addEventListener("visibilitychange", visible);

  watch(
    root,
    (element) => {
      observer?.disconnect();
      if (!element) return;
      observer = new IntersectionObserver(look, { root: element, threshold: [0, 0.25, 0.5, 0.75, 1] });
      for (const one of observed.values()) observer.observe(one);
    },
    { flush: "post" },
  );
  onBeforeUnmount(() => {
    observer?.disconnect();
    document.removeEventListener("visibilitychange", visible);
    for (const number of timers.keys()) end(number, false);
  });

  /** For a template ref of each message: null when it goes. */
  function observe(number: number, element: HTMLElement | null): void {
    const before = observed.get(number);
    if (before === element) return;
    if (before) observer?.unobserve(before);
    observed.delete(number);
    if (!element) return;
    observed.set(number, element);
    observer?.observe(element);
  }

  return { observe, isInView: (number: number) => inView.has(number) };
}
