const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "412 byte", "3.4 MB", in the reader's language. */
export function sizeWords(bytes: number, language: string): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const digits = step > 1 ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: "unit", unit: units[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: digits,
  }).format(bytes / 1000 ** step);
}
