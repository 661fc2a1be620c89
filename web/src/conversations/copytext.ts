import { toast } from "@/kit/toast";

/** Into the clipboard, with words on whether the browser let it. */
export async function copyText(text: string, say: (key: string) => string): Promise<void> {
  await navigator.clipboard.writeText(text).then(
    () => toast.done(say("conversations.copied")),
    () => toast.fail(say("conversations.notCopied")),
  );
}
