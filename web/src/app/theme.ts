// Light or dark. What was chosen last stands in this browser, so that the first paint is already right.
import { watch } from "vue";
import { kept } from "@/kit/kept";
import type { Theme } from "@/live/types";

const dark = matchMedia("(prefers-color-scheme: dark)");
const chosen = kept<Theme>("theme", "system");

export const theme = (): Theme => chosen.value;

export function chooseTheme(next: Theme): void {
  chosen.value = next;
}

function paint(): void {
  const isDark = chosen.value === "dark" || (chosen.value === "system" && dark.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}

watch(chosen, paint, { flush: "sync" });
dark.addEventListener("change", paint);
paint();
