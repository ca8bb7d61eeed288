/** 判一道练习，看它印了什么。 */
import { exercise, type Property } from "@lib/notebook.ts";

/** 判一次，返回印出来的那一行。 */
export function marked<Answer>(
  answer: Answer,
  properties: ReadonlyArray<Property<Answer>>,
  sample: unknown[] = [],
): string {
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => void lines.push(line);
  try {
    exercise("练习", answer, properties, sample);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
