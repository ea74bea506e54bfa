// Writes the workload as a presentation with native charts, notes and watermark by PptxGenJS: `pptxgenjs.mjs FILE.json DECK.pptx`.
import { readFileSync } from 'node:fs'
import PptxGenJS from 'pptxgenjs'

const [file, deck] = process.argv.slice(2)
const { meta, watermark, pages, charts, tables } = JSON.parse(readFileSync(file, 'utf8'))
const pptx = new PptxGenJS()
pptx.layout = 'LAYOUT_WIDE'
pptx.title = meta.title
pptx.company = meta.org
const font = { fontFace: 'Inter' }
const mark = { ...font, x: 1.5, y: 2.9, w: 10.3, h: 1.6, fontSize: 44, rotate: 360 - watermark.angle, align: 'center', color: '808080', transparency: 88 }
pptx.defineSlideMaster({ title: 'PACK', objects: [{ text: { text: watermark.text, options: mark } }], slideNumber: { x: 12.4, y: 7, fontSize: 9 } })
pptx.theme = { headFontFace: 'Inter', bodyFontFace: 'Inter' }

const slide = (title, notes) => {
  const made = pptx.addSlide({ masterName: 'PACK' })
  made.addText(title, { ...font, x: 0.5, y: 0.3, w: 12.3, h: 0.7, fontSize: 24, bold: true })
  made.addNotes(notes)
  return made
}
const pairs = (list) => Array.from({ length: Math.ceil(list.length / 2) }, (_, index) => list.slice(index * 2, index * 2 + 2))
const words = (run, more = {}) => ({ text: run.t, options: { bold: run.b === true, italic: run.i === true, ...more } })
const line = (runs, more = {}) => runs.map((run, index) => words(run, index === runs.length - 1 ? { breakLine: true, ...more } : more))

slide(meta.title, `${meta.org}, ${meta.date}`)
for (const { heading, blocks } of pages) {
  const text = blocks.flatMap((block) =>
    block.k === 'ul' ? block.items.flatMap((item) => line(item, { bullet: true }))
    : block.k === 'ol' ? block.items.flatMap((item) => line(item, { bullet: { type: 'number' } }))
    : line(block.runs, block.k === 'h2' ? { bold: true, fontSize: 13 } : {}))
  slide(heading, `About ${heading}.`).addText(text, { ...font, x: 0.5, y: 1.1, w: 12.3, h: 5.8, fontSize: 9, valign: 'top' })
}
for (const pair of pairs(charts)) {
  const made = slide('Charts', pair.map(({ alt }) => alt).join(' '))
  pair.forEach(({ type, title, alt, categories, series }, place) => {
    const data = series.map(({ name, values }) => ({ name, labels: categories, values }))
    const options = { x: 0.5 + place * 6.2, y: 1.2, w: 6, h: 5.5, showTitle: true, title, showLegend: true, legendPos: 'b', altText: alt, barGrouping: 'clustered' }
    made.addChart(pptx.charts[type.toUpperCase()], data, options)
  })
}
for (const pair of pairs(tables)) {
  const made = slide('Tables', pair.map(({ title }) => title).join(' '))
  pair.forEach(({ title, header, rows }, place) => {
    made.addText(title, { ...font, x: 0.5 + place * 6.2, y: 1.1, w: 6, h: 0.4, fontSize: 12, bold: true })
    made.addTable([header.map((text) => ({ text, options: { bold: true } })), ...rows.map((row) => row.map((text) => ({ text })))],
      { ...font, x: 0.5 + place * 6.2, y: 1.6, w: 6, fontSize: 9, border: { type: 'solid', pt: 0.5, color: 'CCCCCC' } })
  })
}
await pptx.writeFile({ fileName: deck })
