/**
 * What one outcome says about how much an endpoint takes. `grow`: one request more at a time; `shrink`: a tenth less;
 * `halve`: half; `steady`: as it is.
 */
export const endpointSignals = ['grow', 'steady', 'shrink', 'halve'] as const
export type EndpointSignal = (typeof endpointSignals)[number]
