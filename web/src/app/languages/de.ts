export default import.meta.glob<{ default: Record<string, unknown> }>("/src/*/words/de.json", { eager: true });
