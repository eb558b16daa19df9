/**
 * Programs that verify a request, as receivers may copy them. Each is a file of its language;
 * test/integration/verification-snippets.test.ts runs them.
 */
import csharpRaw from './csharp/raw.cs?raw'
import goLibrary from './go/library.go?raw'
import goRaw from './go/raw.go?raw'
import javaLibrary from './java/library.java?raw'
import javaRaw from './java/raw.java?raw'
import nodeLibrary from './node/library.mjs?raw'
import nodeRaw from './node/raw.mjs?raw'
import phpRaw from './php/raw.php?raw'
import pythonLibrary from './python/library.py?raw'
import pythonRaw from './python/raw.py?raw'
import rubyRaw from './ruby/raw.rb?raw'

export interface SnippetLanguage {
  readonly name: string
  /** With a library of Standard Webhooks; null where only the other is offered. */
  readonly library: string | null
  /** With what the language has itself. */
  readonly raw: string
}

export const snippetLanguages: readonly SnippetLanguage[] = [
  { name: 'Node', library: nodeLibrary, raw: nodeRaw },
  { name: 'Python', library: pythonLibrary, raw: pythonRaw },
  { name: 'Go', library: goLibrary, raw: goRaw },
  { name: 'Java', library: javaLibrary, raw: javaRaw },
  { name: 'Ruby', library: null, raw: rubyRaw },
  { name: 'C#', library: null, raw: csharpRaw },
  { name: 'PHP', library: null, raw: phpRaw },
]
