package import Values

extension StackDefinition {
  private typealias Connected = (service: Vendor.Connected?, failure: Failure?)

  /// Makes the operated system of it: services are made, nobody is contacted.
  ///
  /// A service whose secret is missing is left out here and told of in the second value; what needs it
  /// says so when it is used.
  package func connect(
    _ context: ConnectContext,
    health: (any HealthProbe)?
  ) -> (stack: OperatedStack, failures: [Failure]) {
    var failures: [Failure] = []
    func connected(_ use: VendorUse?, of environment: String? = nil) -> Connected {
      guard let use else { return (nil, nil) }
      do throws(Failure) {
        return (try use.vendor.connect(use, context), nil)
      } catch {
        var error = error
        // A secret that is missing is missing everywhere; one that is wrong is wrong for something.
        if let environment, error.kind == .usage {
          error.message = "the database of \(environment): \(error.message)"
        }
        if !failures.contains(error) { failures.append(error) }
        return (nil, error)
      }
    }
    let hosting = connected(hosting)
    var hostingService: (any Hosting)?
    if case .hosting(let service)? = hosting.service { hostingService = service }
    let errors = connected(errors)
    var errorService: (any ErrorTracker)?
    if case .errors(let service)? = errors.service { errorService = service }
    let operated = environments.map { definition in
      let found = connected(definition.database, of: definition.name)
      var database: (any DatabaseService)?
      if case .database(let service)? = found.service { database = service }
      var unavailable: [OperatedEnvironment.Service: Failure] = [:]
      unavailable[.hosting] = hosting.failure
      unavailable[.errors] = errors.failure
      unavailable[.database] = found.failure
      return OperatedEnvironment(
        name: definition.name,
        url: definition.url,
        isProtected: definition.isProtected,
        region: definition.region,
        hosting: hostingService,
        database: database,
        errors: errorService,
        health: health,
        jobs: jobs,
        rollbackRunbook: context.rollbackRunbook,
        unavailable: unavailable
      )
    }
    let stack = OperatedStack(
      name: title,
      environments: operated,
      contacts: contacts,
      declaredReads: reads,
      reaches: reaches,
      incidents: context.incidents
    )
    return (stack, failures)
  }

  /// The URL of the control database; nothing where the stack has none.
  ///
  /// - Throws: `missingSecret`.
  package func controlURL(_ context: ConnectContext) throws(Failure) -> Secret? {
    guard let control, case .control(let url) = try control.vendor.connect(control, context) else {
      return nil
    }
    return url
  }

  /// Every host that it may reach and the secrets that go there.
  package var reaches: [Reach] {
    var found: [Reach] = []
    for use in uses {
      let reach = Reach(
        vendor: use.vendor.role == .control ? "control database" : use.vendor.name,
        host: use.host,
        secrets: use.secrets.map(\.name)
      )
      if !found.contains(reach) { found.append(reach) }
    }
    for environment in environments {
      guard let url = environment.url else { continue }
      found.append(
        Reach(vendor: "health", host: url, secrets: environment.secrets.map(\.name))
      )
    }
    return found
  }
}
