/**
 * 命令行的收尾：把问题一行行印出来，有问题就以 1 退出。
 *
 * @module
 */

/** 跑一个命令。它返回有问题的行；用法不对时抛出的错，只印那句话。 */
export async function main(command: () => Promise<readonly string[]>, ending?: string): Promise<void> {
  try {
    const problems = await command();
    for (const problem of problems) console.error(`✗ ${problem}`);
    if (problems.length === 0) return;
    if (ending) console.error(ending);
  } catch (error) {
    // “无法……”和写错的选项是说给人听的；别的是程序自己的毛病，留着调用栈。
    if (!(error instanceof Error)) throw error;
    const misspelt = "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
    if (!misspelt && !error.message.startsWith("无法")) throw error;
    console.error(misspelt ? `无法读命令行：${error.message}` : error.message);
  }
  Deno.exit(1);
}
