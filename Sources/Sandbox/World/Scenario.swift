/// What happened to Optiq before the sandbox came up.
package enum Scenario: String, CaseIterable, Sendable {
  /// All is well.
  case quiet
  /// The newest production deployment broke the application; no data is touched.
  case badDeploy = "bad-deploy"
  /// The newest production deployment broke the application and its migration damaged data.
  case badMigration = "bad-migration"
  /// The broken deployment was followed by a harmless one, which still contains its code.
  case secondNewest = "second-newest"
  /// Somebody else's service fails; no deployment is to blame.
  case vendorFault = "vendor-fault"

  package static let standard = Scenario.badMigration

  /// Whether a deployment of Optiq is to blame.
  var hasCulprit: Bool {
    switch self {
    case .badDeploy, .badMigration, .secondNewest: true
    case .quiet, .vendorFault: false
    }
  }

  /// What a person is told by `up`.
  package var summary: String {
    switch self {
    case .quiet: "all is well"
    case .badDeploy: "the newest production deployment broke the application"
    case .badMigration: "the newest production deployment broke the application and damaged data"
    case .secondNewest: "a production deployment broke the application, and another came after it"
    case .vendorFault: "errors began, and no deployment is to blame"
    }
  }
}
