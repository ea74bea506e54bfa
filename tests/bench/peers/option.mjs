// A chart of the workload as ECharts wants it. One function without anything around it, because a page takes it over as text.
export function option({ type, title, unit, categories, series }) {
  const text = { fontFamily: 'Inter', fontSize: 9 }
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
