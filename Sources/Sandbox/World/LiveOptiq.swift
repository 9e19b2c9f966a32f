import Synchronization

/// What production's database tells about itself.
struct DatabaseState: Sendable, Equatable {
  var isReachable: Bool
  /// How much of the data is damaged, from 0 to 1.
  var damage: Double
  /// What is damaged, in a few words.
  var detail: String
  var milliseconds: Int64

  static let sound = DatabaseState(isReachable: true, damage: 0, detail: "", milliseconds: 2)
  static let unreachable = DatabaseState(
    isReachable: false,
    damage: 0,
    detail: "the database does not answer",
    milliseconds: 0
  )
}

/// Production's rows, as the application uses them.
protocol ProductionDatabase: Sendable {
  /// Looks at the rows as they are now.
  func state() async -> DatabaseState
  /// Does the work of a cron job; tells how many rows it changed.
  func run(job: String) async throws -> Int64
}

/// Optiq since the sandbox came up: the past, what was done since, and how that shows.
final class LiveOptiq: Sendable {
  let world: World
  let hosting: Hosting
  let database: any ProductionDatabase
  let now: @Sendable () -> Milliseconds
  private let measured: Mutex<(traffic: TrafficHistory, errors: ErrorTally)>

  init(
    world: World,
    hosting: Hosting,
    database: any ProductionDatabase,
    now: @escaping @Sendable () -> Milliseconds
  ) {
    self.world = world
    self.hosting = hosting
    self.database = database
    self.now = now
    let traffic = TrafficHistory(world: world)
    var errors = ErrorTally(seed: world.seed)
    errors.add(traffic.slices[...])
    measured = Mutex((traffic, errors))
  }

  var vendorFails: Bool { world.incident?.cause == .vendor }

  /// How production fares, from which deployment is live and from the rows, both as they are now.
  func condition() async -> (Condition, DatabaseState) {
    let database = await database.state()
    if hosting.isPaused { return (.paused, database) }
    guard database.isReachable else { return (.unreachableDatabase, database) }
    let live = hosting.liveDeployment
    let condition = Condition.of(
      defect: live.defect,
      cause: live.defectCause,
      damage: database.damage,
      vendorFails: vendorFails,
      seed: world.seed
    )
    return (condition, database)
  }

  /// Adds to the traffic what has passed since the last time.
  func measure() async {
    let (condition, _) = await condition()
    let live = hosting.liveDeployment.id
    let now = now()
    measured.withLock { measured in
      let added = measured.traffic.measure(condition, deployment: live, now: now)
      measured.errors.add(added)
    }
  }

  func slices(from: Milliseconds, until: Milliseconds) -> [TrafficSlice] {
    measured.withLock { Array($0.traffic.slices(from: from, until: until)) }
  }

  /// Every kind of error so far, by its place among the templates.
  var errors: [Int: ErrorTally.Entry] { measured.withLock { $0.errors.entries } }
}
