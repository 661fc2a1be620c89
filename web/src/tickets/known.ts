// One row or ticket, and what is known about when each of its values was set.
import { Clock } from "@/live/apply";
import type { Customer, Fact, Row } from "@/live/types";

type Piece = { has: boolean; version: number; name: string };
/** Label id → its name as the row told it. */
export type Worn = Map<number, string>;
/** The same labels as they are called now; former ones are followed or left out. */
export type Naming = (worn: Worn) => Worn;
type People = { followers?: Customer[]; unverified?: Customer[] };

export class Known<T extends Row & People & { versions?: Record<string, number> }> {
  value: T | null = null;
  private clock = new Clock();
  private readonly labels = new Map<number, Piece>();
  private worn: Worn = new Map();
  /** Which version said last of each person whether she follows. */
  private readonly people = new Map<number, number>();

  constructor(private readonly naming: Naming = (worn) => worn) {}

  /** The first whole state. */
  begin(value: T): T {
    this.value = value;
    this.clock.full = value.version;
    this.wear(wornIn(value.label_ids, value.labels));
    return value;
  }

  /** Another whole state: wins wherever no newer fact was applied. */
  merge(state: T): void {
    if (!this.value) return;
    const { version, labels, label_ids, versions, ...rest } = state;
    if (!this.clock.merge(this.value, rest, version)) return;
    this.wear(this.withPieces(wornIn(label_ids, labels), version));
    this.value.version = Math.max(this.value.version, version);
    this.mergeVersions(versions);
  }

  /** Returns the names of the fields that changed. */
  apply(fact: Fact): string[] {
    if (!this.value) return [];
    const changed = this.applySet(fact);
    const { label, set } = fact.data;
    if (label && fact.kind.startsWith("label_") && this.applyLabel(fact, label)) changed.push("labels");
    if (set?.["label_ids"]) this.wearAll(set["label_ids"] as number[], set["labels"] as string[], fact.version);
    if (fact.kind.startsWith("follower_")) this.applyFollower(fact);
    this.value.version = Math.max(this.value.version, fact.version);
    return changed;
  }

  private applySet(fact: Fact): string[] {
    const set: Record<string, unknown> = { changed_at: fact.at, ...fact.data.set };
    const versions = this.value?.versions;
    for (const name of ["labels", "label_ids"]) delete set[name];
    delete set["version"];
    delete set["versions"];
    const known = this.value as unknown as Record<string, unknown>;
    const changed = this.clock.set(known, only(set, known), fact.version);
    if (versions) for (const field of changed) if (field in versions) versions[field] = fact.version;
    return changed.filter((field) => field !== "changed_at");
  }

  /** A label was renamed, merged or deleted: what is worn is called what it is called now. */
  relabel(): void {
    this.wear(this.worn);
  }

  private applyFollower({ data, version, kind }: Fact): void {
    const known = this.value;
    const one = typeof data.customer === "object" ? data.customer : null;
    const id = one?.id ?? data.follower ?? 0;
    if (!known?.followers || !known.unverified || version <= (this.people.get(id) ?? this.clock.full)) return;
    this.people.set(id, version);
    for (const part of ["followers", "unverified"] as const) {
      const isIn = one && kind === "follower_added" && (part === "followers") === (data.accepted ?? false);
      const others = (known[part] ?? []).filter((other) => other.id !== id);
      known[part] = isIn ? [...others, one].toSorted((a, b) => a.id - b.id) : others;
      this.clock.raise(part, version);
    }
  }

  private wear(worn: Worn): void {
    this.worn = worn;
    if (!this.value) return;
    const now = inOrder(this.naming(worn));
    this.value.label_ids = now.map(([id]) => id);
    this.value.labels = now.map(([, name]) => name);
  }

  /** One that is taken off goes with those that were merged into it: the row may know it by their ids. */
  private applyLabel(fact: Fact, { id: own, name }: { id: number; name: string }): boolean {
    const has = fact.kind === "label_added";
    const { version } = fact;
    const ids = (fact.data.ids ?? [own]).filter((id) => version > (this.labels.get(id)?.version ?? this.clock.full));
    const worn = new Map(this.worn);
    for (const id of ids) {
      this.labels.set(id, { has, name, version });
      if (has) worn.set(id, name);
      else worn.delete(id);
    }
    if (ids.length > 0) this.wear(worn);
    return ids.length > 0;
  }

  /** All of them as of `version`; single ones that are newer stay. */
  private wearAll(ids: number[], names: string[], version: number): void {
    if (version > this.clock.full) this.wear(this.withPieces(wornIn(ids, names), version));
  }

  private withPieces(worn: Worn, version: number): Worn {
    for (const [id, piece] of this.labels) {
      if (piece.version <= version) this.labels.delete(id);
      else if (piece.has) worn.set(id, piece.name);
      else worn.delete(id);
    }
    return worn;
  }

  private mergeVersions(versions: Record<string, number> | undefined): void {
    const known = this.value?.versions;
    if (!known || !versions) return;
    for (const [field, at] of Object.entries(versions)) known[field] = Math.max(known[field] ?? 0, at);
  }
}

const wornIn = (ids: number[], names: string[]): Worn => new Map(ids.map((id, at) => [id, names[at] ?? ""]));

/** As the server orders them: by code points, capitals like small letters. */
function inOrder(worn: Worn): [number, string][] {
  return [...worn].toSorted(([, a], [, b]) => {
    const [first, second] = [a.toLowerCase(), b.toLowerCase()];
    return first < second ? -1 : Number(first > second);
  });
}

/** Rows know fewer fields than tickets. */
function only(set: Record<string, unknown>, known: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(set).filter(([key]) => key in known));
}
