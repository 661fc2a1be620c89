// What the server refuses, in the reader's language: it speaks English itself, and more exactly than this does.
import { translatesRefusals } from "@/live/api";
import { language, say } from "./i18n";

/** Those whose words are only the server's, like the mail server's or a field's, stay as they came. */
export function refusalWords(type: string): string {
  const key = `app.refusal.${type}`;
  const words = language() === "en" ? key : say(key);
  return words === key ? "" : words;
}

export const speakOfRefusals = (): void => translatesRefusals(refusalWords);
