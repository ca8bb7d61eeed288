/** 把第 01 课“内容加位置”那张图抄到 README 用的文件里：课里的图变了就跑一次。 */
const lesson = JSON.parse(Deno.readTextFileSync("notebooks/01_four_tokens.ipynb"));
const cell = lesson.cells.find(({ id }: { id: string }) => id === "add-picture");
const png: string = [cell.outputs[0].data["image/png"]].flat().join("");
Deno.mkdirSync("notebooks/pictures", { recursive: true });
Deno.writeFileSync("notebooks/pictures/01_four_tokens.png", Uint8Array.from(atob(png), (c) => c.charCodeAt(0)));
