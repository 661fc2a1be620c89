// One row or ticket, and what is known about when each of its values was set.
import { Clock } from "@/live/apply";
import type { Fact, Row } from "@/live/types";

type Piece = { has: boolean; version: number };

export class Known<T extends Row & { versions?: Record<string, number> }> {
  value: T | null = null;
  private clock = new Clock();
  private readonly labels = new Map<string, Piece>();

  /** The first whole state. */
  begin(value: T): T {
    this.value = value;
    this.clock.full = value.version;
    return value;
  }

  /** Another whole state: wins wherever no newer fact was applied. */
  merge(state: T): void {
    if (!this.value) return;
    const { version, labels, versions, ...rest } = state;
    if (!this.clock.merge(this.value, rest, version)) return;
    this.value.labels = this.withPieces(labels, version);
    this.value.version = Math.max(this.value.version, version);
    this.mergeVersions(versions);
  }

  /** Returns the names of the fields that changed. */
  apply(fact: Fact): string[] {
    if (!this.value) return [];
    const changed = this.applySet(fact);
    const label = fact.data.label?.name;
    if (label && fact.kind.startsWith("label_") && this.applyLabel(label, fact)) changed.push("labels");
    this.value.version = Math.max(this.value.version, fact.version);
    return changed;
  }

  private applySet(fact: Fact): string[] {
    const set: Record<string, unknown> = { changed_at: fact.at, ...fact.data.set };
    const versions = this.value?.versions;
    delete set["version"];
    delete set["versions"];
    const known = this.value as unknown as Record<string, unknown>;
    const changed = this.clock.set(known, only(set, known), fact.version);
    if (versions) for (const field of changed) if (field in versions) versions[field] = fact.version;
    return changed.filter((field) => field !== "changed_at");
  }

  private applyLabel(name: string, fact: Fact): boolean {
    if (!this.value || fact.version <= (this.labels.get(name)?.version ?? this.clock.full)) return false;
    const has = fact.kind === "label_added";
    this.labels.set(name, { has, version: fact.version });
    const others = this.value.labels.filter((one) => one !== name);
    this.value.labels = has ? inOrder([...others, name]) : others;
    return true;
  }

  private withPieces(labels: string[], version: number): string[] {
    const merged = new Set(labels);
    for (const [name, piece] of this.labels) {
      if (piece.version <= version) this.labels.delete(name);
      else if (piece.has) merged.add(name);
      else merged.delete(name);
    }
    return inOrder([...merged]);
  }

  private mergeVersions(versions: Record<string, number> | undefined): void {
    const known = this.value?.versions;
    if (!known || !versions) return;
    for (const [field, at] of Object.entries(versions)) known[field] = Math.max(known[field] ?? 0, at);
  }
}

/** As the server orders them: by code points, capitals like small letters. */
function inOrder(labels: string[]): string[] {
  return labels.toSorted((a, b) => {
    const [first, second] = [a.toLowerCase(), b.toLowerCase()];
    return first < second ? -1 : Number(first > second);
  });
}

/** Rows know fewer fields than tickets. */
function only(set: Record<string, unknown>, known: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(set).filter(([key]) => key in known));
}
