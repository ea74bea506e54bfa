// Draws the charts of a workload with ECharts on the server and resvg, 1800 by 1200 pixels: `echarts.mjs FILE.json FONT.ttf FOLDER`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import * as echarts from 'echarts'

const [file, font, folder] = process.argv.slice(2)
const { charts } = JSON.parse(readFileSync(file, 'utf8'))

// Points in the picture are pixels at 72 DPI; resvg scales to 300.
const size = { width: 432, height: 288 }
const text = { fontFamily: 'Inter', fontSize: 9 }

function option({ type, title, unit, categories, series }) {
  const common = {
    animation: false,
    textStyle: text,
    title: { text: title, subtext: unit, textStyle: { ...text, fontSize: 14 } },
    legend: { bottom: 0, textStyle: text },
  }
  if (type === 'doughnut') {
    // A ring per series.
    const ring = (row, index) => ({
      type: 'pie',
      name: row.name,
      radius: [`${25 + index * 14}%`, `${36 + index * 14}%`],
      label: { show: index === series.length - 1 },
      data: row.values.map((value, place) => ({ value, name: categories[place] })),
    })
    return { ...common, series: series.map(ring) }
  }
  if (type === 'radar') {
    const max = Math.max(...series.flatMap((row) => row.values))
    return {
      ...common,
      radar: { indicator: categories.map((name) => ({ name, max })), radius: '60%' },
      series: [{ type, data: series.map(({ name, values }) => ({ name, value: values })) }],
    }
  }
  return {
    ...common,
    grid: { left: 44, right: 16, top: 66, bottom: 44 },
    xAxis: { type: 'category', data: categories, axisLabel: text },
    yAxis: { type: 'value', axisLabel: text },
    series: series.map(({ name, values }) => ({ type, name, data: values })),
  }
}

for (const chart of charts) {
  const picture = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size })
  picture.setOption(option(chart))
  const svg = picture.renderToSVGString()
  picture.dispose()
  const options = {
    background: '#ffffff',
    fitTo: { mode: 'width', value: 1800 },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: 'Inter' },
  }
  writeFileSync(join(folder, `${chart.id}.png`), new Resvg(svg, options).render().asPng())
}
