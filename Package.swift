// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")

/// A room of the house: what it may import is listed here and nowhere else.
func room(_ name: String, _ imports: Target.Dependency...) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict)
}

/// A C library behind functions of fixed arity; the library itself is opened on first use.
func shim(_ name: String) -> Target {
  .target(name: name, linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))])
}

func tests(_ name: String, _ imports: Target.Dependency..., fixtures: Bool = false) -> Target {
  .testTarget(
    name: name,
    dependencies: imports,
    resources: fixtures ? [.copy("Fixtures")] : [],
    swiftSettings: strict
  )
}

var targets: [Target] = [
  .executableTarget(name: "opsh", dependencies: ["Shell"], swiftSettings: strict),
  .executableTarget(name: "opsh-sandbox", dependencies: ["Sandbox"], swiftSettings: strict),

  room("Diagnostics"),
  room("Values"),
  room("Sinks", "Values"),
  room("Journals", "Sinks", "Values", "CLibCrypto"),
  room("Syntax", "Diagnostics"),
  room("Objects", "Values"),
  room("Language", "Diagnostics", "Objects", "Syntax", "Values"),
  room("HTTP", "CLibCurl"),
  room("Postgres", "CLibPQ"),
  room("SQLText", "CPgQuery"),
  room("Migrations", "CLibCrypto", "SQLText", "Values"),
  room("Processes", "CChildProcess"),
  room("Backups", "CLibCrypto", "Values"),
  room("Control", "Journals", "Postgres", "Values"),
  room("Stack", "Backups", "Objects", "Values"),
  room(
    "Providers",
    "Backups",
    "HTTP",
    "Migrations",
    "Objects",
    "Postgres",
    "Processes",
    "SQLText",
    "Stack",
    "Values"
  ),
  room(
    "Runbooks",
    "Diagnostics",
    "Journals",
    "Language",
    "Objects",
    "Sinks",
    "Syntax",
    "Values"
  ),
  room("Formats", "Sinks", "Values", "Objects"),
  room("Reports", "Formats", "Journals", "Sinks", "Values"),
  room("Terminal", "CLibEdit", "Sinks", "Values"),
  room(
    "Shell",
    "Control",
    "Diagnostics",
    "Formats",
    "Journals",
    "Language",
    "Migrations",
    "Objects",
    "Processes",
    "Providers",
    "Reports",
    "Runbooks",
    "Sinks",
    "SQLText",
    "Stack",
    "Syntax",
    "Terminal",
    "Values",
    argumentParser
  ),
  room("Sandbox", "Postgres", "Processes", "Values", flyingFox),

  .target(name: "CChildProcess"),
  shim("CLibCrypto"),
  shim("CLibCurl"),
  shim("CLibEdit"),
  shim("CLibPQ"),
  shim("CPgQuery"),

  tests("CLibCryptoTests", "CLibCrypto"),
  tests("DiagnosticsTests", "Diagnostics"),
  tests("ValuesTests", "Values"),
  .target(
    name: "RedactionTestSupport",
    dependencies: ["Values"],
    path: "Tests/RedactionTestSupport",
    swiftSettings: strict
  ),
  .executableTarget(
    name: "SinkBenchmark",
    dependencies: ["RedactionTestSupport", "Sinks", "Values"],
    path: "Tests/SinkBenchmark",
    swiftSettings: strict
  ),
  .executableTarget(
    name: "JournalBenchmark",
    dependencies: ["Journals", "Sinks", "Values"],
    path: "Tests/JournalBenchmark",
    swiftSettings: strict
  ),
  tests("SinksTests", "RedactionTestSupport", "Sinks", "Values", fixtures: true),
  tests("JournalsTests", "Journals", "Sinks", "Values"),
  tests("SyntaxTests", "Diagnostics", "Syntax", fixtures: true),
  tests("ObjectsTests", "Objects", "Values"),
  .target(
    name: "LanguageTestSupport",
    dependencies: ["Diagnostics", "Language", "Objects", "Syntax", "Values"],
    path: "Tests/LanguageTestSupport",
    swiftSettings: strict
  ),
  tests(
    "LanguageTests",
    "Diagnostics",
    "Language",
    "LanguageTestSupport",
    "Objects",
    "Syntax",
    "Values",
    fixtures: true
  ),
  tests("HTTPTests", "HTTP", "Processes"),
  .target(
    name: "PostgresTestSupport",
    path: "Tests/PostgresTestSupport",
    swiftSettings: strict
  ),
  tests("PostgresTests", "Postgres", "PostgresTestSupport", "SQLText"),
  tests("SQLTextTests", "SQLText"),
  tests("MigrationsTests", "Migrations", "SQLText", "Values"),
  tests("ControlTests", "Control", "Journals", "Postgres", "PostgresTestSupport", "Values"),
  tests("ProcessesTests", "Processes"),
  tests("BackupsTests", "Backups", "Values"),
  tests("StackTests", "Backups", "Objects", "Stack", "Values"),
  tests(
    "ProvidersTests",
    "Backups",
    "HTTP",
    "Migrations",
    "Objects",
    "Postgres",
    "PostgresTestSupport",
    "Providers",
    "SQLText",
    "Sandbox",
    "Stack",
    "Values"
  ),
  tests(
    "RunbooksTests",
    "Diagnostics",
    "Journals",
    "Language",
    "Objects",
    "Runbooks",
    "Sinks",
    "Syntax",
    "Values"
  ),
  tests("FormatsTests", "Formats", "Objects", "RedactionTestSupport", "Sinks", "Values"),
  tests(
    "ReportsTests",
    "Formats",
    "HTTP",
    "Journals",
    "Processes",
    "PseudoTerminalSupport",
    "RedactionTestSupport",
    "Reports",
    "Sinks",
    "Values"
  ),
  .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal"),
  .target(
    name: "PseudoTerminalSupport",
    dependencies: ["CPseudoTerminal"],
    path: "Tests/PseudoTerminalSupport",
    swiftSettings: strict
  ),
  .executableTarget(
    name: "TerminalTestProgram",
    dependencies: ["Sinks", "Terminal", "Values"],
    path: "Tests/TerminalTestProgram",
    swiftSettings: strict
  ),
  tests(
    "TerminalTests",
    "PseudoTerminalSupport",
    "Sinks",
    "Terminal",
    "TerminalTestProgram",
    "Values"
  ),
  tests("SandboxTests", "Postgres", "Sandbox", "Values", "opsh-sandbox"),
  tests(
    "ShellTests",
    "Diagnostics",
    "Formats",
    "HTTP",
    "Language",
    "LanguageTestSupport",
    "Objects",
    "PostgresTestSupport",
    "Processes",
    "Providers",
    "PseudoTerminalSupport",
    "Shell",
    "Sinks",
    "Stack",
    "Syntax",
    "Values",
    "opsh",
    "opsh-sandbox",
    fixtures: true
  ),
  tests("ProofTests", "Processes", "opsh", "opsh-sandbox", fixtures: true),
]

// `OPSH_ONLY="SyntaxTests LanguageTests" swift test` builds these targets and what they need, for
// a short way from an edit to its test.
if let only = Context.environment["OPSH_ONLY"] {
  var wanted = Set(only.split(separator: " ").map(String.init))
  for _ in targets {
    for target in targets where wanted.contains(target.name) {
      for case .byNameItem(let name, _) in target.dependencies { wanted.insert(name) }
    }
  }
  targets.removeAll { !wanted.contains($0.name) }
}

let package = Package(
  name: "opsh",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: targets,
  swiftLanguageModes: [.v6]
)
