/**
 * A screen's code, which is loaded when it is first visited. That it can't be is said in our words and by a press of a button: the
 * router by itself loads the whole page anew, which offline takes away what somebody was looking at.
 */
export class ScreenNotLoaded extends Error {
  constructor(cause: unknown) {
    super(
      'The code of this screen could not be loaded: the connection is away, or Scanhook was updated since this page was opened.',
      { cause },
    )
    this.name = 'ScreenNotLoaded'
  }
}

export async function loadScreen<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw new ScreenNotLoaded(error)
  }
}
