/**
 * What texts may consist of, as parts of patterns for JSON Schemas: written out, because not every language's patterns know
 * \p{Cc}.
 */

/** A printable character, tab, LF or CR. */
export const printable = '[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]'

/** A printable character of a text of one line. */
export const printableInLine = '[^\\u0000-\\u001f\\u007f-\\u009f]'

/** One that can be seen: no blank either. */
export const visible = '[^\\s\\u0000-\\u001f\\u007f-\\u009f]'
