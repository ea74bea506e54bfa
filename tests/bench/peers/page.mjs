// Writes the workload as one HTML page that draws its charts with ECharts when it is opened: `page.mjs FILE.json FONTS PAGE.html`.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { option } from './option.mjs'

const [file, fonts, page] = process.argv.slice(2)
const { meta, watermark, pages, charts, tables } = JSON.parse(readFileSync(file, 'utf8'))
const library = pathToFileURL(createRequire(import.meta.url).resolve('echarts/dist/echarts.min.js'))

const safe = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
const run = ({ t, b, i }) => (b ? `<b>${safe(t)}</b>` : i ? `<i>${safe(t)}</i>` : safe(t))
const runs = (list) => list.map(run).join('')
const block = ({ k, runs: words, items }) =>
  k === 'ul' || k === 'ol' ? `<${k}>${items.map((item) => `<li>${runs(item)}</li>`).join('')}</${k}>` : `<${k}>${runs(words)}</${k}>`
const pairs = (list) => Array.from({ length: Math.ceil(list.length / 2) }, (_, index) => list.slice(index * 2, index * 2 + 2))
const face = (file, weight, style = 'normal') =>
  `@font-face{font-family:Inter;src:url("${pathToFileURL(`${fonts}/${file}`)}");font-weight:${weight};font-style:${style}}`

const narrative = pages.map(({ lang, heading, blocks }) => `<section lang="${lang}"><h1>${safe(heading)}</h1>${blocks.map(block).join('')}</section>`)
const pictures = pairs(charts).map((pair) =>
  `<section><h1>Charts</h1>${pair.map(({ id, title, alt }) => `<figure><h2>${safe(title)}</h2><div id="${id}" class="chart" role="img" aria-label="${safe(alt)}"></div></figure>`).join('')}</section>`)
const grids = pairs(tables).map((pair) =>
  `<section><h1>Tables</h1>${pair.map(({ title, header, rows }) =>
    `<table><caption>${safe(title)}</caption><thead><tr>${header.map((cell) => `<th scope="col">${safe(cell)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`).join('')}</tbody></table>`).join('')}</section>`)

writeFileSync(page, `<!doctype html><html lang="${meta.lang}"><meta charset="utf-8"><title>${safe(meta.title)}</title><style>
${face('Inter-Regular.ttf', 400)}${face('Inter-Bold.ttf', 700)}${face('Inter-Italic.ttf', 400, 'italic')}
@page{size:A4;margin:18mm}body{font:9.5pt/1.35 Inter;margin:0}section{break-before:page}h1{font-size:20pt}h2{font-size:12pt}
.chart{width:440pt;height:270pt}table{width:100%;border-collapse:collapse;margin-bottom:18pt}td,th{border-bottom:.5pt solid #ccc;padding:3pt;text-align:left}
.mark{position:fixed;inset:0;display:grid;place-items:center;font-size:30pt;opacity:${watermark.opacity};transform:rotate(-${watermark.angle}deg);white-space:nowrap}
.cover{display:grid;place-content:center;height:240mm}</style>
<div class="mark" aria-hidden="true">${safe(watermark.text)}</div>
<div class="cover"><h1>${safe(meta.title)}</h1><p>${safe(meta.org)}</p><p>${meta.date}</p></div>
${narrative.join('')}${pictures.join('')}${grids.join('')}
<script src="${library}"></script><script>
const option = ${option.toString()}
for (const chart of ${JSON.stringify(charts).replace(/</g, '\\u003c')}) {
  echarts.init(document.getElementById(chart.id), null, { renderer: 'svg' }).setOption(option({ ...chart, title: undefined }))
}
</script></html>`)
