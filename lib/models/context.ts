/**
 * 读一类层时手上有的东西（context）：配置、哪一族、照哪一版、这类层的样子。
 *
 * @module
 */
import type { Family } from "@lib/models/families.ts";
import type { Fields, Note } from "@lib/models/fields.ts";
import type { LayerShape } from "@lib/models/layers.ts";

/**
 * 读一类层时手上有的东西。
 *
 * @example
 * ```ts
 * import type { Context } from "@lib/models/context.ts";
 *
 * const isNew = ({ semantics }: Context) => semantics === 5;
 * ```
 */
export interface Context {
  /** 配置。 */
  readonly config: Fields;
  /** 哪一族。 */
  readonly family: Family;
  /** 照哪一版。 */
  readonly semantics: 4 | 5;
  /** 现在的长度（词元）；没给就是什么都没打开的长度。 */
  readonly sequenceLength: number | undefined;
  /** 这类层的样子。 */
  readonly shape: LayerShape;
  /** 这类层的头另有宽度。 */
  readonly wide: number | undefined;
  /** 记一条说明。 */
  readonly say: (note: Note) => void;
}
