export default import.meta.glob<{ default: Record<string, unknown> }>("/src/*/words/zh.json", { eager: true });
