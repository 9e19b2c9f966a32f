import Synchronization
import Testing
import Values

@testable import Providers
@testable import Stack

/// What a connection URL says of host, user and password, without contacting anybody.
@Suite struct PostgreSQLAccessTests {
  private func connect(_ url: String) throws -> (service: any DatabaseService, declared: [String]) {
    var use = VendorUse(
      vendor: PostgreSQL.declaration,
      values: [:],
      references: [:],
      place: 0..<0
    )
    use.references = ["url": SecretReference(name: "DATABASE_URL", file: nil)]
    let declared = DeclaredTexts()
    let context = ConnectContext(
      folder: "/",
      secret: { Secret(name: $0.name, text: url) },
      declare: { secret in declared.add(secret) }
    )
    guard case .database(let service) = try PostgreSQL.declaration.connect(use, context) else {
      throw Failure(.value, "postgres is a database")
    }
    return (service, declared.all)
  }

  private final class DeclaredTexts: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ secret: Secret) {
      texts.withLock { texts in secret.withExposedText { texts.append($0) } }
    }
  }

  @Test func `a URL gives all that a program needs, the password decoded and declared`() throws {
    let (service, declared) = try connect(
      "postgresql://app:p%40ss%2Fword1@ep-one-pooler.eu.example:6543/shop?sslmode=require"
    )
    let access = try service.access(in: .test())
    #expect(access.host == "ep-one.eu.example")
    #expect(access.port == 6543)
    #expect(access.user == "app")
    #expect(service.databaseName == "shop")
    let password = try #require(access.password)
    #expect(password.name == "DATABASE_URL_PASSWORD")
    #expect(password.withExposedText { $0 } == "p@ss/word1")
    #expect(declared == ["p@ss/word1"])
  }

  @Test func `a URL without a password has none to give`() throws {
    let (service, declared) = try connect("postgresql://app@db.example/shop")
    #expect(try service.access(in: .test()).password == nil)
    #expect(declared.isEmpty)
  }

  @Test(arguments: ["mysql://app:s3cretpass@db.example/shop", "postgresql://app:p@ss@db/shop", ""])
  func `a URL that can not be read names its secret, and nothing of its text`(_ url: String) throws
  {
    let refused = failure { () throws(Failure) in
      do {
        _ = try connect(url)
      } catch let error as Failure {
        throw error
      } catch {
        throw Failure(.value, "\(error)")
      }
    }
    #expect(refused?.kind == .usage)
    #expect(
      refused?.message.hasPrefix("secret 'DATABASE_URL': the database URL can not be read") == true
    )
    #expect(refused?.message.contains("pass@") == false)
    #expect(refused?.message.contains("db.example") == false)
  }
}
