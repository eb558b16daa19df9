// Lines of JSON {headers, body, secret} on standard input, answered by "yes" or "no"; the snippet's file is the argument.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const { verify } = await import(pathToFileURL(process.argv[2]).href)
for await (const line of createInterface({ input: process.stdin })) {
  const { headers, body, secret } = JSON.parse(line)
  try {
    verify(headers, body, secret)
    console.log('yes')
  } catch (error) {
    console.log(`no: ${error}`)
  }
}
