/** An endpoint of whatever organization: its name or host; more in its title. Its address is its owner's: the path is often a password. */
interface Props {
  readonly endpoint: {
    readonly webhook_id: number
    readonly name: string | null
    readonly host: string
    readonly organization: { readonly name: string }
  }
}

export function EndpointName({ endpoint: { webhook_id: id, name, host, organization } }: Props) {
  return (
    <span title={`${name ?? host}, ${host}, webhook ${id} of ${organization.name}`}>
      <bdi>{name ?? host}</bdi>
    </span>
  )
}
