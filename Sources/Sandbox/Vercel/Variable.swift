import Values

/// One environment variable; its value is kept only encrypted.
struct Variable: Sendable, Equatable {
  var id: String
  var key: String
  var kind: String
  var targets: [String]
  var gitBranch: String?
  var comment: String?
  /// What the vendor shows in place of the value.
  var ciphertext: String
  var createdAt: Milliseconds
  var updatedAt: Milliseconds
  var person: String

  static let kinds = ["system", "secret", "encrypted", "plain", "sensitive"]
  static let targets = ["production", "preview", "development"]

  var json: JSON {
    [
      "type": .string(kind), "value": .string(kind == "sensitive" ? "" : ciphertext),
      "target": .array(targets.map(JSON.string)), "id": .string(id), "key": .string(key),
      "gitBranch": JSON(gitBranch), "comment": JSON(comment), "configurationId": nil,
      "createdAt": .int(createdAt), "updatedAt": .int(updatedAt), "createdBy": .string(person),
      "updatedBy": .string(person), "decrypted": false, "customEnvironmentIds": [],
    ]
  }

  static func initial(of world: World) -> [Variable] {
    var random = SplitMix64(seed: world.seed, topic: "variables")
    let production: [(String, String)] = [
      ("NODE_ENV", "plain"), ("DATABASE_URL", "encrypted"), ("NEXTAUTH_URL", "plain"),
      ("NEXTAUTH_SECRET", "sensitive"), ("SENTRY_DSN", "encrypted"),
      ("SENTRY_ENVIRONMENT", "plain"), ("LOG_LEVEL", "plain"), ("STRIPE_SECRET_KEY", "sensitive"),
      ("CRON_SECRET", "sensitive"), ("QSTASH_TOKEN", "encrypted"),
    ]
    let preview = production.filter { !$0.0.hasPrefix("STRIPE") && $0.0 != "CRON_SECRET" }
    return (production.map { ($0, "production") } + preview.map { ($0, "preview") }).map {
      variable,
      target in
      let updated = world.epoch - random.number(in: 3...240) * 86_400_000
      return Variable(
        id: random.text(16, from: .alphanumeric),
        key: variable.0,
        kind: variable.1,
        targets: [target],
        ciphertext: ciphertext(&random),
        createdAt: updated - random.number(in: 0...90) * 86_400_000,
        updatedAt: updated,
        person: world.names.people[0].id
      )
    }
  }

  /// What stands for a value: nothing of the value can be read from it, not even its length.
  static func ciphertext(_ random: inout SplitMix64) -> String {
    "eyJ2IjoidjIiLCJlcG9jaCI6MTYx" + random.text(120, from: .alphanumeric)
  }
}
