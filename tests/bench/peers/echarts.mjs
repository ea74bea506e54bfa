// Draws the charts of a workload with ECharts on the server and resvg, 1800 by 1200 pixels: `echarts.mjs FILE.json FONT.ttf FOLDER`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import * as echarts from 'echarts'
import { option } from './option.mjs'

const [file, font, folder] = process.argv.slice(2)
const { charts } = JSON.parse(readFileSync(file, 'utf8'))

// Points in the picture are pixels at 72 DPI; resvg scales to 300.
const size = { width: 432, height: 288 }

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
