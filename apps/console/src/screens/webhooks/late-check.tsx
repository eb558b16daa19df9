/** Said where a check keeps somebody waiting. */
export function LateCheck() {
  return (
    <p role="status" className="mb-3">
      It takes longer than usual: no request was made yet, or its answer is not in the log. It shows here as
      soon as it is. If it stays so, the operator should look at what sends.
    </p>
  )
}
