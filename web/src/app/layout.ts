import { computed, ref } from "vue";

const width = ref(window.innerWidth);
window.addEventListener("resize", () => (width.value = window.innerWidth));

/** Too little room for the side bar: it comes over the page when asked for. */
export const isNarrow = computed(() => width.value < 1024);
/** Room for one pane at a time. */
export const isPhone = computed(() => width.value < 760);
/** What the panes have to share. */
export const pageWidth = computed(() => width.value);
