// swift-tools-version: 6.2
import PackageDescription

/// Names libFuzzer's archive when scripts/fuzz.sh builds: all of our code then has its instrumentation, and there is one
/// more executable. Unset in every other build.
let libFuzzer = Context.environment["BREATH_LIBFUZZER"]

/// A warning is an error, but for compilers that nobody tried this with: a new one that warns of more must not keep anybody
/// from building.
#if compiler(>=6.4)
  let warnings: [SwiftSetting] = []
#else
  let warnings: [SwiftSetting] = [.treatAllWarnings(as: .error)]
#endif

let strict: [SwiftSetting] =
  warnings + [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ] + (libFuzzer == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer,address"])])

/// For tests that mostly wait for processes: optimising them takes minutes of every build and saves seconds of a run.
let unoptimized: [SwiftSetting] = strict + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// The tests of a module, in the folder of its name.
func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], in folder: String = "Unit", exclude: [String] = [],
  settings: [SwiftSetting] = strict
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    path: "Tests/\(folder)/\(name)Tests", exclude: exclude, swiftSettings: settings)
}

/// A deployed function: main.swift, and a module with all of it, such as SyncFunction for sync.
func function(
  _ name: String, _ dependencies: [Target.Dependency] = [], client: [Target.Dependency] = []
) -> [Target] {
  let module = name.prefix(1).uppercased() + name.dropFirst() + "Function"
  return [
    .target(
      name: module, dependencies: ["Backend", "FunctionRuntime", "Postgres", "StrictJSON"] + dependencies,
      swiftSettings: strict),
    .executableTarget(
      name: name, dependencies: [.byName(name: module), "Backend", "FunctionRuntime"] + client, swiftSettings: strict),
  ]
}

let package = Package(
  name: "breath-master-sync",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sync", targets: ["sync"]),
    .executable(name: "stats", targets: ["stats"]),
    .executable(name: "auth", targets: ["auth"]),
    .executable(name: "admin", targets: ["admin"]),
    .executable(name: "worker", targets: ["worker"]),
    .executable(name: "breath", targets: ["breath"]),
    .executable(name: "breath-bench", targets: ["breath-bench"]),
  ],
  // Exact, because Package.resolved is not committed yet: it says where the machine that wrote it got its packages from,
  // which is not the same everywhere (docs/operations.md, "Workflows"). Of these packages it would fix no more.
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "Postgres", dependencies: ["CLibpq"], swiftSettings: strict),
    .target(name: "StrictJSON", swiftSettings: strict),
    .target(name: "BreathDomain", dependencies: ["StrictJSON"], swiftSettings: strict),
    // The functions and the gateway answer pages of other origins by one list.
    .target(name: "CrossOrigin", swiftSettings: strict),
    .target(name: "FunctionRuntime", dependencies: ["CrossOrigin", "StrictJSON"], swiftSettings: strict),
    .target(name: "Pictures", dependencies: ["BreathDomain"], swiftSettings: strict),
    .target(
      name: "Backend",
      dependencies: [
        "BreathDomain", "FunctionRuntime", "Postgres", "StrictJSON",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "JWTKit", package: "jwt-kit"),
      ],
      swiftSettings: strict),
    // Where a person stands: what sync, stats and auth read of the same rows.
    .target(
      name: "Practice",
      dependencies: [
        "Backend", "BreathDomain", "FunctionRuntime", "Postgres", "StrictJSON",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    // Mails that wait, and what is sealed in them: auth writes them, tools send them.
    .target(
      name: "Outbox",
      dependencies: [
        "Backend", "BreathDomain", "FunctionRuntime", "Postgres", "StrictJSON",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    // Requests to other servers, for auth alone: the others do not carry its megabytes.
    .target(
      name: "HTTPSClient",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "Gateway",
      dependencies: [
        "CrossOrigin", "StrictJSON",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    // What an operator does to a database and its keys: for tools alone, no function carries it.
    .target(
      name: "Operations",
      dependencies: [
        "Backend", "BreathDomain", "FunctionRuntime", "Postgres", "Practice", "StrictJSON",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    // What our tools share: how they end, what they write to a terminal, where the functions are.
    .target(name: "ToolSupport", dependencies: ["Operations", "Postgres"], swiftSettings: strict),
    .executableTarget(
      name: "breath",
      dependencies: [
        "Backend", "BreathDomain", "FunctionRuntime", "Gateway", "Operations", "Outbox", "Postgres", "StrictJSON",
        "ToolSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    // The statements of a sync without a request, for measurements and tests.
    .target(
      name: "SyncSamples",
      dependencies: ["Backend", "BreathDomain", "FunctionRuntime", "Postgres", "StrictJSON", "SyncFunction"],
      swiftSettings: strict),
    .executableTarget(
      name: "breath-bench",
      dependencies: [
        "Backend", "BreathDomain", "FunctionRuntime", "Gateway", "Pictures", "Postgres", "StrictJSON", "SyncSamples",
        "ToolSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["StrictJSON"], path: "Tests/Support/TestSupport", swiftSettings: strict),
    // For the two that read YAML of the repository: the others do not build its reader.
    .target(
      name: "YAMLFiles", dependencies: ["TestSupport", .product(name: "Yams", package: "Yams")],
      path: "Tests/Support/YAMLFiles", swiftSettings: strict),
    // Which routes each function of the bundle has.
    .target(
      name: "BundleRoutes",
      dependencies: ["AdminFunction", "AuthFunction", "Backend", "FunctionRuntime", "StatsFunction", "SyncFunction"],
      path: "Tests/Support/BundleRoutes",
      swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "AuthFunction", "Backend", "BreathDomain", "BundleRoutes", "FunctionRuntime", "StrictJSON", "SyncFunction",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/Fuzz/FuzzTargets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], path: "Tests/Fuzz/FuzzTests",
      exclude: ["Regressions"], swiftSettings: strict),
    tests(of: "StrictJSON"),
    tests(of: "Postgres", settings: unoptimized),
    tests(of: "BreathDomain", ["StrictJSON"], exclude: ["Exports"]),
    tests(of: "FunctionRuntime", ["StrictJSON"]),
    tests(of: "Pictures", ["BreathDomain", "StrictJSON"], exclude: ["References", "render.py"]),
    tests(
      of: "Backend",
      [
        "AuthFunction", "BreathDomain", "BundleRoutes", "FunctionRuntime", "Operations", "Outbox", "Postgres",
        "StatsFunction", "StrictJSON", "SyncFunction", "SyncSamples",
      ],
      exclude: ["Fixtures"], settings: unoptimized),
    tests(
      of: "Gateway",
      [
        "FunctionRuntime", "StrictJSON",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      in: "Platform", settings: unoptimized),
    .testTarget(
      name: "ConformanceTests", dependencies: ["FunctionRuntime", "StrictJSON", "TestSupport"],
      path: "Tests/Platform/ConformanceTests",
      swiftSettings: unoptimized),
    .testTarget(
      name: "FunctionTests",
      dependencies: [
        "BundleRoutes", "FunctionRuntime", "Postgres", "StrictJSON", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      path: "Tests/Functions", exclude: ["Auth/smtp-server.py", "Auth/Planted", "Support/Zones"],
      swiftSettings: unoptimized),
    .testTarget(
      name: "DeploymentTests",
      dependencies: [
        "BundleRoutes", "FunctionRuntime", "StrictJSON", "TestSupport", "YAMLFiles",
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Tests/Platform/DeploymentTests", swiftSettings: unoptimized),
    // What holds of the repository itself: pages, links, workflows.
    .testTarget(
      name: "TidyTests", dependencies: ["TestSupport", "YAMLFiles"], path: "Tests/Tidy", swiftSettings: unoptimized),
    .target(
      name: "Torture",
      dependencies: [
        "BreathDomain", "Postgres", "StrictJSON", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/Reliability/Torture", swiftSettings: strict),
    .executableTarget(
      name: "torture",
      dependencies: ["Torture", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tests/Reliability/TortureRun", swiftSettings: strict),
    .testTarget(
      name: "ReliabilityTests", dependencies: ["Torture"], path: "Tests/Reliability/ReliabilityTests",
      swiftSettings: strict),
    // A PostgreSQL of one's own that is killed, filled and restored, and the processes that push to it meanwhile.
    .target(
      name: "ServerFaults",
      dependencies: [
        "FunctionRuntime", "StrictJSON", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/Reliability/ServerFaults",
      swiftSettings: strict),
    .testTarget(
      name: "CrashTests", dependencies: ["ServerFaults", "StrictJSON", "TestSupport"],
      path: "Tests/Reliability/CrashTests", swiftSettings: unoptimized),
    .testTarget(
      name: "ToolTests", dependencies: ["FunctionRuntime", "StrictJSON", "TestSupport"],
      path: "Tests/Platform/ToolTests",
      swiftSettings: unoptimized),
  ]
    + function(
      "sync", ["BreathDomain", "Practice"])
    + function(
      "stats", ["BreathDomain", "Pictures", "Practice", .product(name: "Crypto", package: "swift-crypto")])
    + function(
      "auth",
      [
        "BreathDomain", "Outbox", "Practice", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"), .product(name: "JWTKit", package: "jwt-kit"),
      ], client: ["HTTPSClient"])
    + function("admin") + function("worker")
)

if let libFuzzer {
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Tests/Fuzz/FuzzRun", swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-sanitize=address", libFuzzer, "-lstdc++"])]),
  ]
}
