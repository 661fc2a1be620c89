import { type Ref, ref } from "vue";
import { useI18n } from "vue-i18n";
import { Problem } from "@/live/api";
import { fieldWords, problemWords } from "./problems";

export type Attempt = {
  busy: Ref<boolean>;
  /** What went wrong, in words; empty when nothing did. */
  error: Ref<string>;
  /** The same by field, where the server named fields. */
  fields: Ref<Record<string, string>>;
  /** True when it worked. `own` may answer a refusal itself: with words, or with "" to keep silent. */
  run: (action: () => Promise<unknown>, own?: (problem: Problem) => string | null) => Promise<boolean>;
};

/** One thing that a form tries to do. The form keeps everything that is typed, whatever comes of it. */
export function useAttempt(): Attempt {
  const { t } = useI18n();
  const busy = ref(false);
  const error = ref("");
  const fields = ref<Record<string, string>>({});

  async function run(action: () => Promise<unknown>, own?: (problem: Problem) => string | null): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = "";
    fields.value = {};
    try {
      await action();
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fields.value = fieldWords(problem, t);
      error.value = own?.(problem) ?? problemWords(problem, t);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, error, fields, run };
}
