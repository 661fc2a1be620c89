// "tomorrow at 09:00", as it is said of a reply that leaves later.
import { clock, weekday } from "@/kit/time";
import { dayFrom } from "./sendlater";

type Say = (key: string, values: Record<string, unknown>) => string;

export function whenSaid(moment: string, now: number, say: Say): string {
  const time = clock(moment);
  const day = dayFrom(new Date(now), new Date(moment));
  if (day === "today") return say("conversations.later.today", { time });
  if (day === "tomorrow") return say("conversations.later.next", { time });
  return say("conversations.later.on", { day: weekday(moment), time });
}
