// What waits for the connection, in words.
import { useI18n } from "vue-i18n";
import type { Waiting } from "@/live/queue";
import type { FieldNote, LabelNote } from "@/tickets/changes";
import { useValues } from "@/tickets/values";

export function useWaitingWords(): (item: Waiting) => string {
  const { t } = useI18n();
  const value = useValues();
  const text = ({ body }: Waiting): string => String((body as { body?: unknown }).body ?? "").replace(/\s+/g, " ").slice(0, 80);

  const said: Record<string, (item: Waiting) => string> = {
    field: ({ note }) => {
      const { field, to } = note as FieldNote;
      return t("app.live.waiting.field", { field: t(`tickets.field.${field}`), value: value(field, to) });
    },
    label: ({ note }) => t(`app.live.waiting.label.${(note as LabelNote).has ? "add" : "remove"}`, { label: (note as LabelNote).label }),
    delete: () => t("app.live.waiting.delete"),
    reply: (item) => t("app.live.waiting.reply", { text: text(item) }),
    note: (item) => t("app.live.waiting.note", { text: text(item) }),
  };
  return (item) => `#${item.place.split("/")[1]} ${said[item.kind]?.(item) ?? item.kind}`;
}
