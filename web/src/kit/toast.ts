// Short words at the edge of the page, for what has just happened.
import { toast as show } from "vue-sonner";

type Action = { label: string; onClick: () => void };
type Options = { detail?: string; action?: Action; for?: number };

const options = ({ detail, action, for: span }: Options = {}) => ({
  ...(detail ? { description: detail } : {}),
  ...(action ? { action } : {}),
  ...(span ? { duration: span } : {}),
});

export const toast = {
  say: (words: string, more?: Options): string | number => show(words, options(more)),
  done: (words: string, more?: Options): string | number => show.success(words, options(more)),
  warn: (words: string, more?: Options): string | number => show.warning(words, options(more)),
  fail: (words: string, more?: Options): string | number => show.error(words, options({ for: 8_000, ...more })),
  dismiss: (id: string | number): unknown => show.dismiss(id),
};
