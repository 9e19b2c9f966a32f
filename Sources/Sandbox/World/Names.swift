/// The names and keys of one Optiq.
struct Names: Sendable {
  static let project = "optiq"
  static let team = "optiq"
  static let organization = "optiq"
  static let sentryProject = "web"
  static let domain = "app.optiq.io"

  let projectID: String
  let teamID: String
  let sentryProjectID: String
  let vercelToken: String
  let sentryToken: String
  let neonKey: String
  let cronSecret: String
  let people: [Person]

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed, topic: "names")
    projectID = "prj_" + random.text(28, from: .alphanumeric)
    teamID = "team_" + random.text(24, from: .alphanumeric)
    sentryProjectID = "45" + String(random.number(in: 10_000_000_000_000...99_999_999_999_999))
    vercelToken = "vcp_" + random.text(56, from: .alphanumeric)
    sentryToken = "sntrys_" + random.text(64, from: .hexadecimal)
    neonKey = "napi_" + random.text(64, from: .lowercase)
    cronSecret = "cron_" + random.text(40, from: .alphanumeric)
    people = [
      ("Ada Brandt", "adabrandt"), ("Björn Okafor", "bjornok"), ("Chiara Lim", "chiaralim"),
      ("Deniz Park", "denizp"), ("Élodie Novák", "elodien"),
    ]
    .map { name, login in
      Person(
        id: random.text(24, from: .alphanumeric),
        name: name,
        login: login,
        email: "\(login)@optiq.io"
      )
    }
  }
}
