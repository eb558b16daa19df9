/** Of a service: a sample of its Prometheus text, summed over its labels, or over those lines that have `label`. */
import type { ServiceProcess } from '../harness/service-process.ts'

export async function readMetric(
  service: Pick<ServiceProcess, 'healthUrl'>,
  name: string,
  label = '',
): Promise<number> {
  const text = await (await fetch(`${service.healthUrl}/metrics`)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => line.includes(label))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
