// Words in four languages. Each district keeps its own in words/; English is there at once, the others on demand.
import { ref } from "vue";
import { createI18n } from "vue-i18n";
import { kept } from "@/kit/kept";
import type { Language } from "@/live/types";

type Words = Record<string, unknown>;
type Loaded = { default: Words };

export const languages: { key: Language; name: string }[] = [
  { key: "en", name: "English" },
  { key: "de", name: "Deutsch" },
  { key: "ru", name: "Русский" },
  { key: "zh", name: "简体中文" },
];
const tags: Record<Language, string> = { en: "en-GB", de: "de-DE", ru: "ru-RU", zh: "zh-CN" };
const chosen = kept<Language | null>("language", null);

const english = import.meta.glob<Loaded>("/src/*/words/en.json", { eager: true });
// One file a language: as many as there are districts would take longer to come.
const others: Record<string, () => Promise<{ default: Record<string, Loaded> }>> = {
  de: () => import("./languages/de"),
  ru: () => import("./languages/ru"),
  zh: () => import("./languages/zh"),
};

export const i18n = createI18n({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  missingWarn: false,
  fallbackWarn: false,
  messages: { en: gather(Object.entries(english)) } as never,
  pluralRules: Object.fromEntries(languages.map(({ key }) => [key, pluralRule(key)])),
});

const current = ref<Language>("en");
export const language = (): Language => current.value;
/** For Intl: the language with its customs of writing dates and numbers. */
export const languageTag = (): string => tags[current.value];

export async function chooseLanguage(next: Language): Promise<void> {
  const loaded = await others[next]?.();
  if (loaded) i18n.global.setLocaleMessage(next, gather(Object.entries(loaded.default)) as never);
  i18n.global.locale.value = next as never;
  current.value = next;
  chosen.value = next;
  document.documentElement.lang = next;
}

/** What was chosen here last, else what the browser asks for. */
export function firstLanguage(): Language {
  const wishes = [chosen.value, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const wish = wishes.find((one) => languages.some(({ key }) => key === one));
  return (wish as Language | undefined) ?? "en";
}

type Translate = (key: string, values: Record<string, unknown>, n?: number) => string;
// Named through an interface: vue-i18n's own type of t unfolds without end here.
const translate = (i18n as unknown as { global: { t: Translate } }).global.t;
/** Outside of components. */
export const say = (key: string, values: Record<string, unknown> = {}): string => translate(key, values);
export const sayCount = (key: string, n: number, values: Record<string, unknown> = {}): string =>
  translate(key, { n, ...values }, n);

function gather(files: (readonly [string, Loaded])[]): Words {
  return Object.fromEntries(files.map(([path, words]) => [path.split("/")[2], words.default]));
}

/** "one | few | many" in the order of the language's own categories; the last stands for the rest. */
function pluralRule(key: Language): (n: number, choices: number) => number {
  const rules = new Intl.PluralRules(key);
  const order = { en: ["one", "other"], de: ["one", "other"], ru: ["one", "few", "many"], zh: ["other"] }[key];
  return (n, choices) => {
    const at = order.indexOf(rules.select(n));
    return Math.min(at < 0 ? choices - 1 : at, choices - 1);
  };
}
