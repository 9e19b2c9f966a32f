import Synchronization

/// What Vercel knows of Optiq: the past, and what was done to it since.
final class Hosting: Sendable {
  let world: World
  /// The name of the migration that the culprit's build applied, if it did.
  let migration: String?
  let now: @Sendable () -> Milliseconds
  private let state: Mutex<HostingState>

  init(world: World, migration: String? = nil, now: @escaping @Sendable () -> Milliseconds) {
    self.world = world
    self.migration = migration
    self.now = now
    state = Mutex(HostingState(world: world))
  }

  /// Looks at, or changes, what is known, after everything that is due by now has happened.
  func with<Result: Sendable>(
    _ body: (inout sending HostingState, Milliseconds) -> sending Result
  ) -> Result {
    let now = now()
    return state.withLock { state in
      state.advance(to: now)
      return body(&state, now)
    }
  }

  var isPaused: Bool { with { state, _ in state.isPaused } }

  var liveDeployment: Deployment { with { state, _ in state.liveDeployment } }

  func deployment(_ idOrHost: String) -> Deployment? {
    with { state, _ in state.deployment(idOrHost) }
  }

  var projectID: String { world.names.projectID }
}
