/** 跑一段，交回它用 `console.log` 印的每一行。 */
export function printed(run: () => void): string[] {
  const lines: string[] = [];
  const original = console.log;
  console.log = (...parts: unknown[]) => lines.push(...parts.map(String).join(" ").split("\n"));
  try {
    run();
  } finally {
    console.log = original;
  }
  return lines;
}
