// node read.mjs LIBRARY ROOT COUNT SHEET...: reads the sheets of the first files of a county; prints seconds and rows.
import { readdirSync } from "node:fs";
import { join } from "node:path";

const [library, root, count, ...sheets] = process.argv.slice(2);
const inbox = join(root, "收件箱");
const files = readdirSync(inbox, { recursive: true })
  .filter((name) => name.endsWith(".xlsx")).sort().slice(0, Number(count)).map((name) => join(inbox, name));

async function sheetjs(path) {
  const { default: XLSX } = await import("xlsx");
  const book = XLSX.readFile(path, { sheets, cellDates: true });
  return sheets.reduce((rows, name) => rows + XLSX.utils.sheet_to_json(book.Sheets[name], { header: 1 }).length, 0);
}

async function exceljs(path) {
  const { default: ExcelJS } = await import("exceljs");
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  let rows = 0;
  for (const name of sheets) book.getWorksheet(name).eachRow(() => { rows += 1; });
  return rows;
}

const read = { sheetjs, exceljs }[library];
const started = performance.now();
let rows = 0;
for (const path of files) rows += await read(path);
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, files: files.length, rows }));
