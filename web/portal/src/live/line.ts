/** A line to the server on which news come, by whatever means the platform has. */
export interface Line {
  resume(): void
  pause(): void
}
