import { computed, ref } from "vue";

const width = ref(window.innerWidth);
window.addEventListener("resize", () => (width.value = window.innerWidth));

/** Too little room for the side bar: it comes over the page when asked for. */
export const isNarrow = computed(() => width.value < 1024);
/** Room for one pane at a time. */
export const isPhone = computed(() => width.value < 760);
/** The page's height while a phone's keys lie over it and the browser does not make room by itself; null: all of it. */
export const roomAboveKeys = ref<number | null>(null);
const port = window.visualViewport;
port?.addEventListener("resize", () => {
  const covered = window.innerHeight - port.height;
  roomAboveKeys.value = port.scale === 1 && covered > 100 ? port.height : null;
  if (roomAboveKeys.value !== null) window.scrollTo(0, 0);
});

/** What the panes have to share. */
export const pageWidth = computed(() => width.value);
