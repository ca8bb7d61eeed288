/**
 * 笔记本里要用的都从这里引（one import for a notebook）：旋钮、先猜、断言、练习。
 *
 * @module
 */
export type { Bound } from "@lib/notebook/bound.ts";
export { check, type CheckOptions } from "@lib/notebook/check.ts";
export { exercise, type Property } from "@lib/notebook/exercise.ts";
export { type Guess, guess } from "@lib/notebook/guess.ts";
export { knobs, type Range } from "@lib/notebook/knobs.ts";
