export default import.meta.glob<{ default: Record<string, unknown> }>("/src/*/words/ru.json", { eager: true });
