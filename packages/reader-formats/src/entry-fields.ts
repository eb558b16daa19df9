/** The fields that entries of readers' messages have in common, read as forgivingly as readers are careless. */
import {
  type FieldReport,
  type JsonObject,
  readInteger,
  readSignal,
  readText,
  requireField,
} from '@scanhook/domain/reading/parse-fields'
import { antennaPortMax, readsMax, textMaxLength } from '@scanhook/domain/reading/read-bounds'

/** A text that the entry must have. */
export function requireText(entry: JsonObject, field: string, at: FieldReport): string | null {
  return requireField(entry, field, readText(entry, field, textMaxLength, at), at)
}

/** An antenna's number, as a number or as its digits. */
export function readPort(entry: JsonObject, field: string, at: FieldReport): number | null {
  return readInteger({ [field]: numbered(entry[field]) }, field, { min: 0, max: antennaPortMax }, at)
}

/** How often the tag was seen. Absent is once, and so is 0: what was not seen would not be there. */
export function readCount(entry: JsonObject, field: string, at: FieldReport): number {
  const count = readInteger({ [field]: numbered(entry[field]) }, field, { min: 0, max: readsMax }, at)
  return Math.max(1, count ?? 1)
}

// Bluetooth's word for "not available" (HCI LE Advertising Report), in hundredths of a dBm.
const unavailableCdbm = 12_700

/** The signal of an advertisement in dBm. */
export function readBleSignal(entry: JsonObject, field: string, at: FieldReport): number | null {
  const cdbm = readSignal(entry, field, at)
  return cdbm === unavailableCdbm ? null : cdbm
}

/** Digits become their number; anything else is left to be refused for what it is. */
function numbered(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value
}
