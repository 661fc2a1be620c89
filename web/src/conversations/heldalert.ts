// A reply of mine was stopped while I look at something else (its hour had come, a customer wrote): I hear of it at once.
import { watch } from "vue";
import { useI18n } from "vue-i18n";
import { useRoute, useRouter } from "vue-router";
import { toast } from "@/kit/toast";
import type { Held } from "@/live/types";
import { useHeld } from "./held";

export function useHeldAlert(): void {
  const [route, router, held] = [useRoute(), useRouter(), useHeld()];
  const { t } = useI18n();

  const isInView = ({ ticket }: Held) => Number(route.params["ticket"]) === ticket || route.path.startsWith("/held");
  watch(
    () => held.latest,
    (entry) => {
      if (!entry || isInView(entry)) return;
      const look = { label: t("conversations.held.look"), onClick: () => void router.push(`/ticket/${entry.ticket}`) };
      const words = t("conversations.held.stopped", { ticket: entry.ticket });
      toast.warn(words, { detail: entry.subject, action: look, for: 20_000 });
    },
  );
}
