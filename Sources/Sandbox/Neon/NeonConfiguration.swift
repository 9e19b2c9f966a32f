/// What the stand-in for Neon is told at the start.
package struct NeonConfiguration: Sendable {
  /// What every request must bear.
  package var apiKey: String
  package var projectID: String
  package var projectName: String
  package var organizationID: String
  package var databaseName: String
  package var roleName: String
  package var regionID: String
  package var historyRetentionSeconds: Int64
  /// How long the operations of a change take at least, together.
  package var operationSeconds: Double
  /// Whether the branch `staging` has a server from the start.
  package var startsStaging: Bool
  /// What ids and passwords are made of.
  package var seed: UInt64

  package init(
    apiKey: String,
    projectID: String,
    organizationID: String = "org-quiet-harbor-51836203",
    projectName: String = "optiq",
    databaseName: String = "optiq_prod",
    roleName: String = "optiq_owner",
    regionID: String = "aws-us-east-2",
    historyRetentionSeconds: Int64 = 604_800,
    operationSeconds: Double = 2,
    startsStaging: Bool = false,
    seed: UInt64 = 1
  ) {
    self.apiKey = apiKey
    self.projectID = projectID
    self.projectName = projectName
    self.organizationID = organizationID
    self.databaseName = databaseName
    self.roleName = roleName
    self.regionID = regionID
    self.historyRetentionSeconds = historyRetentionSeconds
    self.operationSeconds = operationSeconds
    self.startsStaging = startsStaging
    self.seed = seed
  }
}
