// What a field's value is called for its reader.
import { useI18n } from "vue-i18n";
import { usePeople } from "@/people/people";
import { useSession } from "@/people/session";
import type { Changeable } from "./changes";
import { useFolders } from "./folders";
import { useInboxes } from "./inboxes";
import { statusName } from "./names";

export function useValues(): (field: Changeable, raw: unknown) => string {
  const { t } = useI18n();
  const [inboxes, folders, people, session] = [useInboxes(), useFolders(), usePeople(), useSession()];

  const person = (id: unknown): string => {
    if (id === session.me?.id) return t("tickets.field.you");
    return typeof id === "number" ? (people.person(id)?.name ?? t("tickets.field.someone")) : t("tickets.field.nobody");
  };
  const said: Partial<Record<Changeable, (raw: unknown) => string>> = {
    owner: person,
    status: (raw) => statusName(inboxes.status(String(raw)), t),
    priority: (raw) => t(`tickets.priority.${String(raw)}`),
    inbox: (raw) => inboxes.inbox(Number(raw))?.name ?? "",
    folder: (raw) => folders.name(raw as number | null) || t("tickets.folder.none"),
  };
  return (field, raw) => said[field]?.(raw) ?? String(raw);
}
